"""The event plan: ground, crowd and time of one event, and every fault in it with its place."""

from geo.crowd.event.checks import check_event, require_event
from geo.crowd.event.event import Event
from geo.crowd.event.findings import Finding
from geo.crowd.event.ground import Barrier, Entrance, Exit, Hazard, Place, Route, ViewingArea
from geo.crowd.event.people import Crowd, Duty, Team
from geo.crowd.event.times import Front, Passage, Phase, Sighting

__all__ = [
    "Barrier",
    "Crowd",
    "Duty",
    "Entrance",
    "Event",
    "Exit",
    "Finding",
    "Front",
    "Hazard",
    "Passage",
    "Phase",
    "Place",
    "Route",
    "Sighting",
    "Team",
    "ViewingArea",
    "check_event",
    "require_event",
]
