"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Workspace = Annotated[str, typer.Option("--workspace", metavar="NAME", help="The dataset to use.")]
Actor = Annotated[
    str | None,
    typer.Option("--actor", envvar="WANGGE_ACTOR", metavar="ACCOUNT", help="Who does it; default the administrator."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Crs = Annotated[
    str | None, typer.Option("--crs", metavar="CRS", help="EPSG code, gcj02 or bd09, where the file declares none.")
]
Lon = Annotated[str | None, typer.Option("--lon", metavar="COL", help="Column with the longitude or x.")]
Lat = Annotated[str | None, typer.Option("--lat", metavar="COL", help="Column with the latitude or y.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the result here instead of stdout.")]
