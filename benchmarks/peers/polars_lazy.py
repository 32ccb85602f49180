"""Count the six figures of targets/2016.yaml with lazy polars; nothing is validated, repeats are not found."""

import json
import sys
from pathlib import Path

import polars as pl

START, AS_OF = pl.datetime(2016, 1, 1), pl.datetime(2017, 1, 1)
PROJECT = "项目名称"
FIGURES = {  # indicator: the columns of its numerator and denominator
    "customer_satisfaction": ("score", "answers"),
    "incident_sla_rate": ("incidents_met", "incidents"),
    "report_on_time_rate": ("reports_met", "reports"),
    "complaint_count": ("complaints_made", None),
    "complaint_on_time_rate": ("complaints_met", "complaints"),
    "request_completion_rate": ("requests_met", "requests"),
}


def tickets(folder: Path) -> pl.LazyFrame:
    """Return the counts of tickets by project; an outcome is true for met, false for missed and null for pending."""
    created, due, kind = pl.col("创建时间"), pl.col("解决时限"), pl.col("工单类型")
    stop = pl.coalesce("解决时间", "关闭时间")
    overdue = pl.when(due < AS_OF).then(statement=False)
    in_time = pl.when(stop <= AS_OF).then(stop <= due).otherwise(overdue)
    completed = pl.when(stop <= AS_OF).then(statement=True).otherwise(overdue)
    counts = {
        "incidents_met": (in_time & (kind == "事件")).sum(),
        "incidents": (in_time.is_not_null() & (kind == "事件")).sum(),
        "complaints_made": (kind == "投诉").sum(),
        "complaints_met": (in_time & (kind == "投诉")).sum(),
        "complaints": (in_time.is_not_null() & (kind == "投诉")).sum(),
        "requests_met": (completed & (kind == "服务请求")).sum(),
        "requests": (completed.is_not_null() & (kind == "服务请求")).sum(),
    }
    rows = pl.scan_csv(folder / "tickets.csv", try_parse_dates=True)
    rows = rows.filter(created >= START, created < AS_OF, pl.col("状态") != "已取消")
    return rows.group_by(PROJECT).agg(**counts)


def surveys(folder: Path) -> pl.LazyFrame:
    """Return the sum and the number of scores by project."""
    submitted, score = pl.col("提交时间"), pl.col("满意度")
    rows = pl.scan_csv(folder / "surveys.csv", try_parse_dates=True)
    rows = rows.filter(submitted >= START, submitted < AS_OF)
    return rows.group_by(PROJECT).agg(score=score.sum(), answers=score.count())


def reports(folder: Path) -> pl.LazyFrame:
    """Return the counts of reports delivered in time and due by project."""
    due, delivered = pl.col("应交付日期"), pl.col("实际交付日期")
    rows = pl.scan_csv(folder / "reports.csv", try_parse_dates=True)
    rows = rows.filter(due >= pl.date(2016, 1, 1), due < pl.date(2017, 1, 1))
    return rows.group_by(PROJECT).agg(reports_met=(delivered <= due).sum(), reports=pl.len())


def figures(folder: Path) -> dict[str, dict[str, tuple[int, int | None]]]:
    """Return numerator and denominator by project and indicator."""
    joined = tickets(folder)
    for other in (surveys(folder), reports(folder)):
        joined = joined.join(other, on=PROJECT, how="full", coalesce=True)
    rows = joined.collect().fill_null(0).rows(named=True)
    return {
        row[PROJECT]: {
            indicator: (row[numerator], None if denominator is None else row[denominator])
            for indicator, (numerator, denominator) in FIGURES.items()
        }
        for row in rows
    }


if __name__ == "__main__":
    print(json.dumps(figures(Path(sys.argv[1])), ensure_ascii=False))
