"""Count the six figures of targets/2016.yaml in one DuckDB query; nothing is validated, repeats are not found."""

import json
import sys
from pathlib import Path

import duckdb

# A quotient is (met, judged); an outcome is true for met, false for missed and null for pending.
QUERY = """
WITH
moments AS (
    SELECT 项目名称, 工单类型, 解决时限 AS due, coalesce(解决时间, 关闭时间) AS stop
    FROM read_csv('{folder}/tickets.csv')
    WHERE 创建时间 >= TIMESTAMP '2016-01-01' AND 创建时间 < TIMESTAMP '2017-01-01' AND 状态 <> '已取消'
),
outcomes AS (
    SELECT 项目名称, 工单类型,
           CASE WHEN stop <= TIMESTAMP '2017-01-01' THEN stop <= due
                WHEN due < TIMESTAMP '2017-01-01' THEN false END AS in_time,
           CASE WHEN stop <= TIMESTAMP '2017-01-01' THEN true
                WHEN due < TIMESTAMP '2017-01-01' THEN false END AS completed
    FROM moments
),
tickets AS (
    SELECT 项目名称,
           count(*) FILTER (工单类型 = '事件' AND in_time) AS incidents_met,
           count(in_time) FILTER (工单类型 = '事件') AS incidents,
           count(*) FILTER (工单类型 = '投诉') AS complaints_made,
           count(*) FILTER (工单类型 = '投诉' AND in_time) AS complaints_met,
           count(in_time) FILTER (工单类型 = '投诉') AS complaints,
           count(*) FILTER (工单类型 = '服务请求' AND completed) AS requests_met,
           count(completed) FILTER (工单类型 = '服务请求') AS requests
    FROM outcomes GROUP BY 项目名称
),
surveys AS (
    SELECT 项目名称, sum(满意度) AS score, count(*) AS answers
    FROM read_csv('{folder}/surveys.csv')
    WHERE 提交时间 >= TIMESTAMP '2016-01-01' AND 提交时间 < TIMESTAMP '2017-01-01'
    GROUP BY 项目名称
),
reports AS (
    SELECT 项目名称, count(*) FILTER (实际交付日期 <= 应交付日期) AS reports_met, count(*) AS reports
    FROM read_csv('{folder}/reports.csv')
    WHERE 应交付日期 >= DATE '2016-01-01' AND 应交付日期 < DATE '2017-01-01'
    GROUP BY 项目名称
)
SELECT 项目名称,
       coalesce(score, 0), coalesce(answers, 0),
       coalesce(incidents_met, 0), coalesce(incidents, 0),
       coalesce(reports_met, 0), coalesce(reports, 0),
       coalesce(complaints_made, 0), NULL,
       coalesce(complaints_met, 0), coalesce(complaints, 0),
       coalesce(requests_met, 0), coalesce(requests, 0)
FROM tickets FULL JOIN surveys USING (项目名称) FULL JOIN reports USING (项目名称)
"""
INDICATORS = (  # in the order of the query's pairs of columns
    "customer_satisfaction",
    "incident_sla_rate",
    "report_on_time_rate",
    "complaint_count",
    "complaint_on_time_rate",
    "request_completion_rate",
)


def figures(folder: Path) -> dict[str, dict[str, tuple[int, int | None]]]:
    """Return numerator and denominator by project and indicator."""
    rows = duckdb.execute(QUERY.format(folder=folder)).fetchall()
    return {
        project: dict(zip(INDICATORS, zip(numbers[::2], numbers[1::2], strict=True), strict=True))
        for project, *numbers in rows
    }


if __name__ == "__main__":
    print(json.dumps(figures(Path(sys.argv[1])), ensure_ascii=False))
