"""However many reports wait in the log, the daemon's memory stays where it was, and every report is
accounted for."""

from __future__ import annotations

from bench.run import Scale, measure, prepared

SLACK_MIB = 2.0


def test_memory_stays_bounded(workspace, pg, kafka):
    scale = Scale(reports=50_000, trainees=1_000, sample_s=0.02)
    # Batches so small that 50,000 reports are many of them.
    settings = {"workers": 1, "batch": {"records": 500}}
    installation = prepared(workspace / "memory", pg, kafka, scale, settings)
    try:
        run = measure(installation, scale)
    finally:
        installation.tear_down()
    assert run.outcomes == {
        "applied": scale.reports,
        "duplicate": 0,
        "held": 0,
        "rejected": 0,
        "gaps": 0,
    }
    assert run.commits >= scale.reports / 500
    _, middle, last = run.rss_mib
    assert middle > 0
    assert last <= 1.2 * middle + SLACK_MIB, run.rss_mib
