select event_id, event_on, date_precision, event_kind, event_name, imposing_party, target, publication_id, file_id, line
from {{ landed('press_record', 'event') }}
