"""Event plans in and out: EVENT.json, the store, reports, and the demonstration event."""

from data.events.reading import event_from_document, read_event
from data.events.writing import event_document, write_event

__all__ = ["event_document", "event_from_document", "read_event", "write_event"]
