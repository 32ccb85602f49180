"""Count the six figures of targets/2016.yaml as an analyst would; nothing is validated, repeats are not found."""

import json
import sys
from pathlib import Path

import pandas as pd

START, AS_OF = pd.Timestamp("2016-01-01"), pd.Timestamp("2017-01-01")
PROJECT = "项目名称"
TIMES = ["创建时间", "响应时间", "解决时间", "关闭时间", "解决时限"]


def read(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the tickets, surveys and reports."""
    return (
        pd.read_csv(folder / "tickets.csv", parse_dates=TIMES),
        pd.read_csv(folder / "surveys.csv", parse_dates=["提交时间"]),
        pd.read_csv(folder / "reports.csv", parse_dates=["应交付日期", "实际交付日期"]),
    )


def of_the_year(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the rows of 2016."""
    return table[(table[column] >= START) & (table[column] < AS_OF)]


def quotient(table: pd.DataFrame, met: "pd.Series[bool]", missed: "pd.Series[bool]") -> pd.DataFrame:
    """Return met and judged rows by project."""
    counts = pd.DataFrame({"numerator": met, "denominator": met | missed})
    return counts.groupby(table[PROJECT]).sum()


def tickets_of(tickets: pd.DataFrame) -> pd.DataFrame:
    """Return the tickets of the year that were not cancelled, each with its moment of stopping as of the year's end."""
    tickets = of_the_year(tickets, "创建时间")
    tickets = tickets[tickets["状态"] != "已取消"]
    stop = tickets["解决时间"].fillna(tickets["关闭时间"])
    return tickets.assign(stop=stop.where(stop <= AS_OF))


def in_time(tickets: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return how many tickets of this type were handled by their due time, of those judged."""
    tickets = tickets[tickets["工单类型"] == kind]
    stop, due = tickets["stop"], tickets["解决时限"]
    return quotient(tickets, stop <= due, (stop > due) | (stop.isna() & (due < AS_OF)))


def completed(tickets: pd.DataFrame) -> pd.DataFrame:
    """Return how many service requests were completed, however late, of those judged."""
    tickets = tickets[tickets["工单类型"] == "服务请求"]
    stop, due = tickets["stop"], tickets["解决时限"]
    return quotient(tickets, stop.notna(), stop.isna() & (due < AS_OF))


def on_time(reports: pd.DataFrame) -> pd.DataFrame:
    """Return how many reports were delivered by their due day, of those due."""
    reports = of_the_year(reports, "应交付日期")
    met = reports["实际交付日期"] <= reports["应交付日期"]
    return quotient(reports, met, ~met)


def satisfaction(surveys: pd.DataFrame) -> pd.DataFrame:
    """Return the sum of the scores and their number."""
    scores = of_the_year(surveys, "提交时间").groupby(PROJECT)["满意度"]
    return pd.DataFrame({"numerator": scores.sum(), "denominator": scores.count()})


def complaints(tickets: pd.DataFrame) -> pd.DataFrame:
    """Return how many complaints were made."""
    return tickets[tickets["工单类型"] == "投诉"].groupby(PROJECT).size().to_frame("numerator")


def figures(
    tickets: pd.DataFrame, surveys: pd.DataFrame, reports: pd.DataFrame
) -> dict[str, dict[str, tuple[int, int | None]]]:
    """Return numerator and denominator by project and indicator; a count has no denominator."""
    judged = tickets_of(tickets)
    tables = {
        "customer_satisfaction": satisfaction(surveys),
        "incident_sla_rate": in_time(judged, "事件"),
        "report_on_time_rate": on_time(reports),
        "complaint_count": complaints(judged),
        "complaint_on_time_rate": in_time(judged, "投诉"),
        "request_completion_rate": completed(judged),
    }
    names = pd.concat([tickets[PROJECT], surveys[PROJECT], reports[PROJECT]]).unique()
    rows = {indicator: table.reindex(names, fill_value=0).to_numpy().tolist() for indicator, table in tables.items()}
    return {
        name: {indicator: (*counts[place], None)[:2] for indicator, counts in rows.items()}
        for place, name in enumerate(names)
    }


if __name__ == "__main__":
    print(json.dumps(figures(*read(Path(sys.argv[1]))), ensure_ascii=False))
