"""What may be wrong with a file's coordinates: one suspicion per file, each ending in a SPEC."""

from geo.crs.detectors._examine import examine
from geo.crs.detectors._spec import Coordinates, DetectorSpec, Evidence, Ground, Limits

__all__ = ["Coordinates", "DetectorSpec", "Evidence", "Ground", "Limits", "examine"]
