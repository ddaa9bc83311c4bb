"""The limited reader: one file, one short-lived process with its own limits on memory and time, and no network."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import queue
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geo.errors
from geo.errors import FormatError, GridError, Say, say

Progress = Callable[[float, str], None]
ROOT = Path(__file__).resolve().parent.parent
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
TABLE, REPORT = "table.arrow", "report.json"


def read_file(
    path: str | Path,
    *,
    layer: str | None = None,
    encoding: str | None = None,
    kind: str | None = None,
    header: bool = True,
    seconds: int | None = None,
    memory_mb: int | None = None,
    output_mb: int | None = None,
    progress: Progress | None = None,
) -> Any:
    """
    Read a file of any known format in a process of its own and return it as a RawTable: attributes as text.

    The process is ended when it needs more time, memory or room on the disk than the settings `reader_seconds`,
    `reader_memory_mb` and `reader_output_mb` allow; whatever a hostile file does to it, the caller gets a table or one
    refusal.

    Raises
    ------
    FormatError
        If the file is missing, empty, of no known format, broken, or too big for the limits.
    """
    from data.settings import DEFAULTS

    source = Path(path).expanduser().resolve()
    if not source.is_file():
        raise FormatError(say("a file"), say("no file {file}", file=str(path)), say("check the path"))
    limits = {
        "seconds": seconds or int(DEFAULTS["reader_seconds"]),
        "memory_mb": memory_mb or int(DEFAULTS["reader_memory_mb"]),
        "output_mb": output_mb or int(DEFAULTS["reader_output_mb"]),
    }
    request = {"layer": layer, "encoding": encoding, "kind": kind, "header": header}
    with tempfile.TemporaryDirectory(prefix="wangge-read-") as folder:
        job = {"path": str(source), "folder": folder, "request": request, "limits": limits}
        run_reader(job, source.name, progress)
        return load_result(Path(folder), source)


def run_reader(job: dict[str, Any], name: str, progress: Progress | None) -> None:
    """Run the reader process to its end and raise what it refused."""
    process = subprocess.Popen(
        [sys.executable, "-m", "data.worker"],
        cwd=ROOT,
        env=reader_environment(job["folder"]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    assert process.stdin is not None
    assert process.stdout is not None
    lines: queue.Queue[str | None] = queue.Queue()
    pump = threading.Thread(target=pump_lines, args=(process.stdout, lines), daemon=True)
    try:
        process.stdin.write(json.dumps(job))
        process.stdin.close()
        pump.start()
        finished = follow(lines, time.monotonic() + job["limits"]["seconds"], progress)
    except BrokenPipeError:
        finished = True
    finally:
        if process.poll() is None and not wait_briefly(process):
            process.kill()
        process.wait()
        process.stdout.close()
    if not finished or process.returncode in (-signal.SIGXCPU, -signal.SIGALRM):
        raise too_much(name, say("more than {seconds} s of work", seconds=job["limits"]["seconds"]), "reader_seconds")
    report = Path(job["folder"]) / REPORT
    if not report.exists():
        raise too_much(name, say("a reader that ended early (out of memory, or a broken file)"), "reader_memory_mb")


def wait_briefly(process: subprocess.Popen[str]) -> bool:
    """Return whether the process ended by itself within a moment of closing its output."""
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        return False
    return True


def pump_lines(stream: Any, lines: queue.Queue[str | None]) -> None:
    """Hand each line of the reader's output over, then None."""
    for line in stream:
        lines.put(line)
    lines.put(None)


def follow(lines: queue.Queue[str | None], deadline: float, progress: Progress | None) -> bool:
    """Pass progress on until the reader is done; False if the time is up."""
    while True:
        try:
            line = lines.get(timeout=max(deadline - time.monotonic(), 0.01))
        except queue.Empty:
            return False
        if line is None:
            return True
        share, _, text = line.partition(" ")
        if progress is not None:
            progress(float(share), text.strip())


def too_much(name: str, found: Say, setting: str) -> FormatError:
    """Return the refusal of a file that exceeds the reader's limits."""
    return FormatError(
        say("a file the reader can read within its limits"),
        say("{file}: {found}", file=name, found=found),
        say("split the file, or raise the setting {setting}", setting=setting),
    )


def reader_environment(folder: str) -> dict[str, str]:
    """Return the few variables the reader gets: our GDAL drivers alone and a scratch folder of its own."""
    import pyogrio

    from data.formats._detect import catalogue

    wanted = {driver for spec in catalogue().values() for driver in spec.drivers}
    skipped = [name for name in pyogrio.list_drivers() if name not in wanted]
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
        "TMPDIR": folder,
        "GDAL_SKIP": ",".join([*skipped, "VRT", "GTI", "WMS", "WCS", "WMTS"]),
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
        "GDAL_DISABLE_READDIR_ON_OPEN": "TRUE",
        "OGR_GEOJSON_MAX_OBJ_SIZE": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


def load_result(folder: Path, source: Path) -> Any:
    """Return the reader's result as a RawTable, or raise what it refused."""
    import pyarrow as pa
    import shapely

    from data.formats._raw import RawTable

    report = json.loads((folder / REPORT).read_text("utf-8"))
    if "error" in report:
        raise error_from(report["error"])
    with pa.ipc.open_file(folder / TABLE) as reader:
        table = reader.read_all()
    shapes, broken = None, 0
    if "geometry" in table.column_names and pa.types.is_binary(table.schema.field("geometry").type):
        wkb = table.column("geometry").to_numpy()
        table = table.drop_columns("geometry")
        shapes = shapely.from_wkb(wkb, on_invalid="ignore")
        broken = int(((shapes == None) & (wkb != None)).sum())  # noqa: E711
    return RawTable(
        file=source.name,
        format=report["format"],
        title=report["title"],
        frame=table.to_pandas(),
        geometry=shapes,
        crs=report["crs"],
        encoding=report["encoding"],
        layer=report["layer"],
        checksum=report["checksum"],
        notices=[say_from(one) for one in report["notices"]],
        rejects=[(line, text, why) for line, text, why in report["rejects"]],
        unreadable_shapes=broken,
    )


def say_to(sentence: Say) -> dict[str, Any]:
    """Return a sentence as JSON values."""
    values = {k: say_to(v) if isinstance(v, Say) else v for k, v in sentence.values.items()}
    return {"template": sentence.template, "values": values}


def say_from(told: dict[str, Any]) -> Say:
    """Return the sentence that `say_to` wrote down."""
    values = {k: say_from(v) if isinstance(v, dict) else v for k, v in told["values"].items()}
    return Say(told["template"], values)


def error_from(told: dict[str, Any]) -> GridError:
    """Return the refusal the reader wrote down, as the same class."""
    kind = getattr(geo.errors, told["class"], FormatError)
    error: GridError = kind(*(say_from(told[part]) for part in ("expected", "found", "remedy")))
    return error


def end_with_parent() -> None:
    """Make this process end when the one that started it does, however that ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def limit_self(limits: dict[str, int]) -> None:
    """Take limits upon this process: memory, processor time, wall clock, no network, and an end with its parent."""
    end_with_parent()
    LIBC.unshare(CLONE_NEWUSER | CLONE_NEWNET)
    memory = limits["memory_mb"] << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"] + 1, limits["seconds"] + 2))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    output = limits.get("output_mb", limits["memory_mb"]) << 20
    resource.setrlimit(resource.RLIMIT_FSIZE, (output, output))
    signal.alarm(limits["seconds"] + 5)
    os.nice(5)


def read_here(job: dict[str, Any]) -> dict[str, Any]:
    """Read the file in this process, write its table beside the report, and return the report."""
    import pyarrow as pa

    from data.formats._detect import detect_format
    from data.formats._spec import ReadRequest
    from data.formats._text import texts_of
    from data.formats._unpack import unpack

    source, folder, request = Path(job["path"]), Path(job["folder"]), ReadRequest(**job["request"])
    tell(0.05, "reading")
    file, named = unpack(source, folder, wanted=request.layer, limit_bytes=job["limits"]["memory_mb"] << 19)
    name, spec = detect_format(file)
    if named:
        request = ReadRequest(encoding=request.encoding, kind=request.kind, header=request.header)
    reading = spec.read(file, request)
    check_shapes(reading)
    add_encoding(reading, request.encoding)
    tell(0.8, "reading")
    require_text(reading.table, reading.encoding)
    with pa.ipc.new_file(folder / TABLE, (table := texts_of(reading.table)).schema) as writer:
        writer.write_table(table)
    return {
        "format": name,
        "title": spec.title,
        "crs": reading.crs,
        "encoding": reading.encoding,
        "layer": reading.layer,
        "checksum": hashlib.sha256(source.read_bytes()).hexdigest(),
        "notices": [say_to(one) for one in reading.notices],
        "rejects": reading.rejects,
    }


def check_shapes(reading: Any) -> None:
    """Parse every shape once in this process: one that breaks the parser breaks it here, not in the caller's."""
    import pyarrow as pa
    import shapely

    names = reading.table.column_names
    if "geometry" in names and pa.types.is_binary(reading.table.schema.field("geometry").type):
        shapely.from_wkb(reading.table.column("geometry").to_numpy(), on_invalid="ignore")


def add_encoding(reading: Any, told: str | None) -> None:
    """Say in which encoding text was read where that was a judgement and not plain UTF-8."""
    usual = reading.encoding.lower().replace("-", "").replace("_", "") in ("utf8", "ascii", "utf16", "utf8sig")
    if told is None and not usual:
        reading.notices.append(
            say(
                "text was read as {encoding}; if it looks wrong, name another with --encoding",
                encoding=reading.encoding,
            )
        )


def require_text(table: Any, encoding: str) -> None:
    """Refuse a table whose text is not in the encoding it was read in."""
    import pyarrow as pa

    try:
        table.validate(full=True)
    except pa.ArrowInvalid:
        raise FormatError(
            say("text in {encoding}", encoding=encoding),
            say("bytes that are not"),
            say("name the right encoding, or save the file as UTF-8"),
        ) from None


def tell(share: float, text: str) -> None:
    """Print one line of progress for the parent."""
    print(f"{share:.2f} {text}", flush=True)


def report_of(job: dict[str, Any]) -> dict[str, Any]:
    """Return the report of reading a file: what it is, or why it is refused, whatever went wrong."""
    try:
        return read_here(job)
    except GridError as error:
        return {"error": error_to(error)}
    except MemoryError:
        raise
    except Exception as error:
        if getattr(error, "errno", None) == errno.EFBIG or "File too large" in str(error):
            found = say("more than {limit} MB when read", limit=job["limits"].get("output_mb", 0))
            return {"error": error_to(too_much(Path(job["path"]).name, found, "reader_output_mb"))}
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        refusal = FormatError(
            say("a file of a known format"),
            say("one that cannot be read ({reason})", reason=reason),
            say("open it in the program that made it and export it again"),
        )
        return {"error": error_to(refusal)}


def error_to(error: GridError) -> dict[str, Any]:
    """Return a refusal as JSON values."""
    parts = {part: say_to(getattr(error, part)) for part in ("expected", "found", "remedy")}
    return {"class": type(error).__name__, **parts}


def main() -> None:
    """Read the job from standard input, do it within its limits, write the report."""
    job = json.loads(sys.stdin.read())
    limit_self(job["limits"])
    try:
        report = report_of(job)
    except MemoryError:
        return
    target = Path(job["folder"]) / REPORT
    target.with_suffix(".part").write_text(json.dumps(report), "utf-8")
    target.with_suffix(".part").rename(target)


if __name__ == "__main__":
    main()
