{{ yearly_partner() }}
