"""Shows again all that the project claims, in one go, and writes down what was measured, and whether it holds.

    python benchmarks/verify.py [--only NAME ...] [--table] [--fresh] [--to FILE] [--also FOLDER]

The commands run one after the other, so that benchmarks have the machine for themselves. What has run is kept in
`build/verify/`, for the files as they are: a run that was interrupted goes on where it was, and what has failed stays
failed until `--fresh`. Exit status 1 if a claim does not hold or was not shown; what is known not to be reached, and
explained, is shown as that and is no failure. When all has been shown, what the benchmarks have measured goes into
`benchmarks/results` and the pages that quote it, too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import performance
from claims import CLAIMS, RUNS, Claim, Run
from judges import MINUTE_S, Measured, Outcome
from results import FOLDER as FIGURES
from results import checked_out

from lossmark.quality.conditions import PACKAGES, Conditions

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "build" / "verify"
PAGE = ROOT / "docs" / "verification.md"
PROGRAMS = {"bubblewrap": "bwrap", "Chromium": "chromium", "PostgreSQL": "psql", "Node.js": "node"}
SAYS_SO_EVERY_S = 60.0
PASS, FAIL, NOT_REACHED, NOT_RUN = "pass", "fail", "not reached", "not run"
SIGNS = {PASS: "✓ pass", FAIL: "✗ **fail**", NOT_REACHED: "◐ **not reached**", NOT_RUN: "– not run"}

ABOUT = """\
# Verification

The claims of the project, and the results of verifying all of them in one run. `make verify` writes this page,
`python benchmarks/verify.py --only NAME` verifies one claim, and `benchmarks/claims.py` lists them. Targets that are
known to be missed are marked as such, with the number. The commands need the programs of `.venv/bin` on the PATH."""
ABOUT_COMMANDS = """\
No program can verify that a person has looked at the pages, wide and narrow, in light and dark.

## The commands

A command that verifies several claims has run once: all tests, one scorecard. The load is that of the machine at the
start of the command: benchmarks are unreliable on a busy machine. A command need not run again after a commit that does
not affect it."""
HEAD_OF_CLAIMS = "| name | claim | shown by | measured | |\n|---|---|---|---|---|"
HEAD_OF_COMMANDS = "| command | minutes | exit | load | commit |\n|---|---|---|---|---|"


@dataclass(frozen=True)
class Record:
    """That a command has run.

    Attributes
    ----------
    command : str
        The command.
    status : int
        Its exit status.
    seconds : float
        How long it took.
    load : float
        How many other processes were at work when it began (the load average of a minute).
    commit : str
        What was checked out.
    """

    command: str
    status: int
    seconds: float
    load: float
    commit: str


class Kept:
    """What has run, with logs and reports, in a folder for the files as they are.

    Parameters
    ----------
    folder : Path
        That folder.
    *others : Path
        Folders of other states, of which may be taken what has not run in this one.
    """

    def __init__(self, folder: Path, *others: Path) -> None:
        self.folders = (folder, *others)

    def file(self, run: Run, kind: str) -> Path:
        """Return where something of a run is: its record, log or report; if it has not run, where it will be."""
        return self._place_of(run) / f"{run.name}.{kind}"

    def record(self, run: Run) -> Record | None:
        """Return the record of a run, if it has run to its end, by the command that it has now."""
        return self._record_in(self._place_of(run), run)

    def _place_of(self, run: Run) -> Path:
        return next((folder for folder in self.folders if self._record_in(folder, run)), self.folders[0])

    def _record_in(self, folder: Path, run: Run) -> Record | None:
        file = folder / f"{run.name}.record.json"
        record = Record(**json.loads(file.read_text())) if file.exists() else None
        return record if record is not None and record.command == run.command else None

    def outcome(self, run: Run) -> Outcome | None:
        """Return what came of a run."""
        record = self.record(run)
        if record is None:
            return None
        log, report = (self.file(run, kind) for kind in ("log", "report"))
        return Outcome(
            record.status,
            record.seconds,
            log.read_text(errors="replace"),
            report.read_text() if report.exists() else "",
        )

    def of_claim(self, claim: Claim, *, alone: bool) -> Outcome | None:
        """Return what shows a claim: the run that shows many, or else its own; or the other way round."""
        first, second = (claim.own_run, claim.run) if alone else (claim.run, claim.own_run)
        return self.outcome(first) or self.outcome(second)

    def carry_out(self, run: Run, say: Callable[[str], None]) -> Record:
        """Run a command to its end and keep what came of it."""
        self.folders[0].mkdir(parents=True, exist_ok=True)
        log, report, record_file = (self.folders[0] / f"{run.name}.{kind}" for kind in ("log", "report", "record.json"))
        for old in (record_file, report):
            old.unlink(missing_ok=True)
        command = f"{run.command} {run.report.format(shlex.quote(str(report)))}" if run.report else run.command
        variables = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        load, started = os.getloadavg()[0], time.monotonic()
        with log.open("wb") as output:
            shell = subprocess.Popen(
                ["bash", "-c", command], cwd=ROOT, env=variables, stdout=output, stderr=output, start_new_session=True
            )
            try:
                while True:
                    try:
                        status = shell.wait(SAYS_SO_EVERY_S)
                        break
                    except subprocess.TimeoutExpired:
                        say(f"    {run.name} has run for {(time.monotonic() - started) / MINUTE_S:.0f} min")
            finally:
                if shell.poll() is None:  # interrupted
                    os.killpg(shell.pid, signal.SIGTERM)
                    shell.wait()
        record = Record(run.command, status, time.monotonic() - started, load, checked_out())
        record_file.write_text(json.dumps(asdict(record)))
        return record


@dataclass(frozen=True)
class Row:
    """A claim and what came of it.

    Attributes
    ----------
    claim : Claim
        What is claimed.
    value : str
        What was measured.
    verdict : {"pass", "fail", "not reached", "not run"}
        Whether it holds.
    """

    claim: Claim
    value: str
    verdict: str


def judged(claim: Claim, outcome: Outcome | None) -> Row:
    """Judge a claim by what came of its command."""
    if outcome is None:
        return Row(claim, "", NOT_RUN)
    try:
        measured = claim.judge(outcome)
    except Exception as error:  # whatever the command has left, or has not: the claim is not shown
        measured = Measured(f"nothing, since the command (exit {outcome.status}) left {error!r}", False)
    missed = NOT_REACHED if claim.unreached and outcome.status == 0 else FAIL
    return Row(claim, measured.value, PASS if measured.holds else missed)


def state_of(root: Path) -> str:
    """Digest the files that git knows or would add, but for the page that is written here."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    digest = hashlib.sha256()
    for name in sorted(set(listed.stdout.split("\0")) - {""}):
        if root / name != PAGE and (root / name).is_file():
            digest.update(f"{name}\0{hashlib.sha256((root / name).read_bytes()).hexdigest()}\0".encode())
    return digest.hexdigest()[:12]


def versions_of_programs() -> dict[str, str]:
    """Ask the programs that are neither Python's nor ours for their versions."""
    versions = {}
    for name, program in PROGRAMS.items():
        if shutil.which(program):
            said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
            found = re.search(r"\d+(\.\d+)+", said)
            versions[name] = found[0] if found else "unknown"
    return versions


def page_of(rows: Mapping[str, list[Row]], records: Sequence[tuple[Run, Record]], conditions: str, commit: str) -> str:
    """Write the page: a table for each step, and what the commands took."""
    minutes = sum(record.seconds for _, record in records) / MINUTE_S
    took = f"The commands took {minutes:.0f} minutes, one after the other."
    parts = [ABOUT, f"**{counts_of(rows)}.** {conditions}; commit {commit}. {took}"]
    for step, of_step in rows.items():
        parts += [f"## {step}", "\n".join([HEAD_OF_CLAIMS, *map(line_of, of_step)])]
    took_each = [
        f"| `{run.command}` | {record.seconds / MINUTE_S:.1f} | {record.status} | {record.load:.1f} | {record.commit} |"
        for run, record in records
    ]
    return "\n\n".join([*parts, ABOUT_COMMANDS, "\n".join([HEAD_OF_COMMANDS, *took_each])]) + "\n"


def line_of(row: Row) -> str:
    """Return the line of a table."""
    claim = row.claim
    return f"| {claim.name} | {claim.text} | `{claim.own_run.command}` | {escaped(row.value)} | {sign(row)} |"


def escaped(text: str) -> str:
    """Return text as it stands in a cell of a table."""
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


def sign(row: Row) -> str:
    """Return the verdict, with a link to why where something is not reached."""
    return SIGNS[row.verdict] + f" ([why]({row.claim.unreached}))" * (row.verdict == NOT_REACHED)


def printed(rows: Mapping[str, list[Row]]) -> str:
    """Write the table for a terminal."""
    lines = []
    for step, of_step in rows.items():
        lines += ["", step]
        for row in of_step:
            why = f" (docs/{row.claim.unreached})" * (row.verdict == NOT_REACHED)
            lines += [f"  {row.verdict.upper():11}  {row.claim.name:16}  {row.claim.text}", f"{'':33}{row.value}{why}"]
    return "\n".join([*lines, "", counts_of(rows)])


def counts_of(rows: Mapping[str, list[Row]]) -> str:
    """Say how many rows have each verdict."""
    counts = Counter(row.verdict for of_step in rows.values() for row in of_step)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in SIGNS if counts[verdict])


def keep_figures(records: Mapping[Run, Record], kept: Kept, folder: Path) -> None:
    """Put the reports of benchmarks that have run to a good end where the pages about them are made from."""
    for run, record in records.items():
        if run.benchmark and record.status == 0:
            shutil.copy(kept.file(run, "report"), folder / f"{run.benchmark}.json")


def carry_out_all(runs: Sequence[Run], kept: Kept) -> None:
    """Run commands one after the other, saying how far it is."""
    started = time.monotonic()

    def say(line: str) -> None:
        seconds = int(time.monotonic() - started)
        print(f"[{seconds // 60:3}:{seconds % 60:02}] {line}", flush=True)

    say(f"{len(runs)} commands to run, about {sum(run.minutes for run in runs):.0f} min on two idle cores")
    for number, run in enumerate(runs, 1):
        say(f"{number}/{len(runs)} {run.name}: {run.command} (about {run.minutes:g} min)")
        record = kept.carry_out(run, say)
        say(f"    exit {record.status} after {record.seconds / MINUTE_S:.1f} min; {kept.file(run, 'log')}")


def main(arguments: list[str] | None = None, steps: Mapping[str, list[Claim]] = CLAIMS, folder: Path = FOLDER) -> int:
    """Run what has not run yet, print the table, write the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    names = [claim.name for claims in steps.values() for claim in claims]
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=f"these claims: {', '.join(names)}")
    parser.add_argument("--table", action="store_true", help="run nothing, judge what has run")
    parser.add_argument("--fresh", action="store_true", help="run again what has run")
    parser.add_argument(
        "--to", type=Path, metavar="FILE", help="the page; if all claims are shown, docs/verification.md"
    )
    parser.add_argument(
        "--also",
        type=Path,
        nargs="*",
        default=[],
        metavar="FOLDER",
        help="where to look for what has not run here",
    )
    options = parser.parse_args(arguments)

    state, alone = state_of(ROOT), bool(options.only)
    kept = Kept(folder / state, *options.also)
    chosen = {
        step: [claim for claim in claims if claim.name in (options.only or names)] for step, claims in steps.items()
    }
    claims = [claim for of_step in chosen.values() for claim in of_step]
    if not options.table:
        wanted = {claim.own_run if alone else claim.run for claim in claims}
        due = [run for run in wanted if options.fresh or kept.record(run) is None]
        carry_out_all(sorted(due, key=lambda run: RUNS.index(run) if run in RUNS else -1), kept)
        if state_of(ROOT) != state:
            print("Files have changed meanwhile: what was measured is of neither state.", file=sys.stderr)
            return 1

    rows = {
        step: [judged(claim, kept.of_claim(claim, alone=alone)) for claim in of_step]
        for step, of_step in chosen.items()
        if of_step
    }
    print(printed(rows))
    page = options.to or (None if alone or options.table else PAGE)
    if page is not None:
        conditions = Conditions.now((*PACKAGES, "distributed", "jupyterhub", "playwright"))
        conditions.versions.update(versions_of_programs())
        runs = dict.fromkeys([*(claim.run for claim in claims), *(claim.own_run for claim in claims)])
        records = [(run, record) for run in runs if (record := kept.record(run)) is not None]
        page.write_text(page_of(rows, records, str(conditions), checked_out()))
        if page == PAGE:
            keep_figures(dict(records), kept, FIGURES)
            performance.main()
    return 1 if {row.verdict for of_step in rows.values() for row in of_step} & {FAIL, NOT_RUN} else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what runs is ended, too
    sys.exit(main())
