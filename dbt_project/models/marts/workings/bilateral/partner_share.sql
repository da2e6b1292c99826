{{ partner_share() }}
