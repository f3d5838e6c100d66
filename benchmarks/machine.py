"""The machine that figures were measured on, and memory of processes on it."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """What a reader has to know to compare figures; no host name."""

    processor: str
    cores: int
    memory_gib: float
    system: str

    def __str__(self) -> str:
        """One line for a report."""
        return f"{self.processor}, {self.cores} cores, {self.memory_gib:.0f} GiB, {self.system}"


def this_machine() -> Machine:
    """The machine this runs on."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    system = f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}"
    return Machine(_processor(), os.cpu_count() or 1, pages / 2**30, system)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def tree(pid: int) -> list[int]:
    """A process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(int(entry.name))) is not None:
            children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for known in found:
        found += children.get(known, [])
    return found


def memory(pid: int) -> int:
    """Bytes that a process and its descendants use; pages they share count once (PSS)."""
    return sum(_proportional(member) for member in tree(pid))


def disk(path: Path) -> int:
    """Bytes of a file or of everything in a folder."""
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def _parent(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[1])


def _proportional(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")), 0)
