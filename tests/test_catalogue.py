"""The shipped plan `itss` comes to the figures worked out by hand, one small table for each of its indicators.

All of them are rows of one project in 2016 (or of the company), judged at the end of the year. Friday 17:00 to Monday
10:00 is two hours of `5x8`, 1 June a Wednesday, Saturday 6 February a make-up workday. Beside each figure stands how it
comes about.
"""

import json
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from ruamel.yaml import YAML

from conftest import ROOT
from rulebook import Desk

PLAN = ROOT / "targets" / "itss.yaml"
TEXT = PLAN.read_text(encoding="utf-8")
SAID: dict[str, Any] = YAML(typ="safe", pure=True).load(TEXT)
PAGE = (ROOT / "docs" / "indicators.md").read_text(encoding="utf-8")
PROJECT = "某银行"

#: Each export: its headings, then its rows. The project is put before them, but where all is the company's.
EXPORTS = {
    "工单": """
工单编号 工单类型 优先级 状态 创建时间 响应时间 响应时限 解决时间 解决时限 关闭时间 重开次数 满意度 处理人 标题
T1 事件 P1 已关闭 03-01T09:00 03-01T09:10 03-01T09:15 03-01T11:00 03-01T12:00 03-01T17:00 0 - 甲 断网
T2 事件 P1 已关闭 03-01T10:00 03-01T10:30 03-01T10:15 03-01T14:00 03-01T12:00 03-02T09:00 1 - 乙 宕机
T3 事件 P2 已解决 03-04T17:00 03-04T17:05 03-04T17:30 03-07T10:00 03-07T12:00 - 0 - 甲 变慢
T4 事件 P1 处理中 12-30T09:00 12-30T09:20 12-30T09:30 - 12-30T17:00 - - - - -
T5 事件 P3 已取消 05-03T09:00 - - - 05-03T12:00 - - - 乙 误报
T6 服务请求 - 已关闭 04-05T09:00 - - 04-05T10:00 04-05T12:00 04-05T11:00 - - 甲 开户
T7 服务请求 - 已关闭 04-06T09:00 - - 04-06T15:00 04-06T12:00 04-06T16:00 - - 甲 开户
T8 投诉 - 已关闭 06-01T09:00 06-02T10:00 - 06-03T10:00 06-05 06-03T12:00 - 5 乙 态度
T9 投诉 - 已关闭 06-01T09:00 06-06T10:00 - 06-08T10:00 06-05 06-08T12:00 - 3 乙 拖延
T10 服务请求 - 处理中 12-29T09:00 - - - 12-29T18:00 - - - 甲 扩容
""",
    "满意度": "问卷编号 提交时间 满意度\nS1 05-01 5\nS2 05-01 4\nS3 05-01 3\nS4 05-01 4",
    "满意度分项": "评价日期 评价项 得分 权重\n05-01 态度 90 2\n05-01 速度 80 1\n05-01 质量 50 1",
    "问卷发放": "发放日期 发放对象 回收日期\n04-01 甲方 04-05\n04-01 乙方 04-08\n04-01 丙方 -",
    "调查计划": "调查周期 调查完成日期\n2016上半年 07-10",
    "评审": "评审周期 评审日期\n2016上半年 07-05\n2016下半年 12-20",
    "报告": """
报告编号 报告类型 报告周期 应交付日期 实际交付日期
B1 月报 2016-01 02-05 02-05
B2 月报 2016-02 03-07 03-08
B3 季报 2016-Q1 04-10 04-09
""",
    "报告复核": "报告编号 复核日期 是否退回修改\nB1 02-06 是\nB2 03-09 否\nB3 04-10 否",
    "里程碑": """
里程碑 计划达成日期 实际达成日期
一 03-01 03-01
二 06-01 06-02
三 09-01 -
""",
    "验收": "验收内容 验收通过日期 验收次数\n到货 03-01 1\n初验 06-01 1\n终验 12-01 2",
    "档案": "档案名称 应归档日期 实际归档日期\n方案 03-01 02-01\n纪要 03-01 03-02",
    "成本": "核算日期 预算金额 实际成本\n06-30 100 120\n12-30 300 300",
    "应收": "应收日期 应收金额 已收金额\n06-30 100 100\n12-30 300 -",
    "合同": """
合同编号 合同开始日期 合同结束日期 SLA签订日期
H1 01-01 06-30 01-01
H2 01-01 2018-12-31 01-05
H3 05-01 - -
""",
    "安全事件": "安全事件发生时间 安全事件级别\n03-01T09:00 重大\n04-01T09:00 一般",
    "漏洞": """
漏洞名称 发现日期 要求修复日期 修复日期
一 03-01 03-10 03-10
二 03-01 03-10 03-11
三 03-01 03-10 -
""",
    "权限": "核查日期 核查账号数 不符合账号数\n06-01 50 1\n12-01 50 2",
    "备份": "备份时间 备份是否成功\n03-01T01:00 是\n03-02T01:00 是\n03-03T01:00 否\n03-04T01:00 是",
    "事件台账": """
事件单号 登记时间 事件类别 配置项 事件级别 责任方 要求解决时间 实际解决时间 关闭时间 结束代码 解决层级 知识编号
C1 03-01T09:00 网络 sw1 重大 我方 03-01T13:00 03-01T12:00 03-01T18:00 成功解决 一线 K1
C2 03-10T09:00 网络 sw1 一般 客户 03-10T13:00 03-10T12:00 03-10T18:00 未解决 二线 -
C3 05-01T09:00 网络 sw1 一般 我方 05-01T13:00 05-01T15:00 05-02T09:00 变通解决 一线 -
C4 05-20T09:00 系统 sv1 重大 客户 05-20T13:00 - - - - -
C5 2015-02-01T09:00 网络 sw9 一般 我方 - 2015-02-01T10:00 2015-02-01T11:00 成功解决 一线 -
C6 2015-02-10T09:00 网络 sw9 一般 我方 - 2015-02-10T10:00 2015-02-10T11:00 成功解决 一线 -
C7 2015-03-01T09:00 系统 sv9 一般 我方 - 2015-03-01T10:00 2015-03-01T11:00 成功解决 一线 -
""",
    "话务": """
通话编号 来电时间 来电号码 来电事由 接听结果 等待秒数 通话秒数 是否转接 工单编号
A1 04-01T09:00 甲机 邮箱 已接听 10 120 否 T1
A2 04-03T09:00 甲机 邮箱 已接听 30 60 否 T2
A3 04-01T10:00 乙机 打印 已接听 20 180 是 -
A4 04-02T10:00 丙机 密码 未接听 - - - -
A5 04-02T11:00 丁机 密码 放弃 - - - -
""",
    "派单": """
工单编号 派单时间 派单次序 是否退单 退单原因 是否由其解决
T1 03-01T09:05 1 否 - 是
T2 03-01T10:05 1 是 派错 否
T2 03-01T10:20 2 否 - 是
T3 03-04T17:01 1 是 信息不全 否
T3 03-04T17:04 2 否 - 是
""",
    "回访": "工单编号 回访日期 回访是否成功\nT1 03-02 是\nT1 03-03 是\nT2 03-03 否",
    "现场": """
现场单号 报障时间 要求到场时间 到场时间
V1 03-01T09:00 03-01T11:00 03-01T11:00
V2 03-02T09:00 03-02T11:00 03-02T11:01
V3 03-03T09:00 03-03T11:00 -
""",
    "厂商": """
厂商名称 报修时间 要求完成时间 实际完成时间 质量是否合格 是否无效单
甲厂 03-01T09:00 03-02T09:00 03-01T20:00 是 否
甲厂 04-01T09:00 04-02T09:00 04-01T20:00 否 否
甲厂 05-01T09:00 05-02T09:00 - - 是
甲厂 12-31T09:00 2017-01-02T09:00 - - 否
""",
    "设备": """
设备编号 设备型号 纳入服务日期 退出服务日期 是否有备件
D1 M1 2015-01-01 - 是
D2 M2 03-01 - 否
D3 M1 2015-01-01 06-01 是
D4 M3 2015-01-01 - 是
""",
    "巡检": "巡检周期 巡检完成日期\n2016-Q1 03-20\n2016-Q2 06-20\n2016-Q3 10-05",
    "巡检明细": "设备编号 巡检日期\nD1 03-20\nD1 06-20\nD2 06-20",
    "维护": """
维护内容 计划维护日期 实际维护日期 应维护台数 已维护台数
除尘 06-01 06-01 10 8
除尘 12-01 - 5 -
""",
    "中断": """
受影响服务 线路或设备 中断开始时间 中断结束时间 是否计划内 受影响用户数
门户 L1 02-01T00:00 02-01T10:00 否 10
门户 L1 03-01T00:00 03-01T10:00 是 10
邮件 L2 02-01T08:00 02-01T12:00 否 5
""",
    "服务": "服务名称 上线日期 下线日期 用户数\n门户 2015-01-01 - 100\n邮件 2015-01-01 - 50\n旧网 2015-01-01 05-01 70",
    "带宽": "采样时间 带宽利用率\n03-01T09:00 85%\n03-01T10:00 130%\n03-01T11:00 100%",
    "演练": "演练科目 计划演练日期 实际演练日期\n断电 06-01 06-01\n断网 12-01 -",
    "问题": """
问题编号 问题登记时间 计划解决时间 实际解决时间 计划查明根因日期 查明根因日期 问题关闭时间 关闭代码
P1 01-05T09:00 01-08T18:00 01-07T09:00 01-06 01-06 01-08T09:00 根本解决
P2 02-01T09:00 02-03T18:00 02-05T09:00 02-02 02-04 02-06T09:00 未解决
P3 12-01T09:00 12-20T18:00 - 12-05 - - -
""",
    "变更": """
变更编号 变更申请时间 变更类型 配置项 变更状态 批准时间 计划完成时间 实施时间 实际完成时间 配置更新时间 涉及配置项数
G1 05-19T10:00 标准 sv1 成功 05-19T16:00 05-19T20:00 05-19T18:00 05-19T19:00 05-20T18:00 2
G2 06-01T10:00 紧急 sv2 回退 - 06-01T20:00 06-01T12:00 06-01T22:00 - 4
G3 07-01T10:00 一般 sv3 取消 07-02T10:00 - - - - -
G4 08-01T10:00 一般 sv3 失败 08-01T12:00 08-02T18:00 08-02T10:00 08-02T17:00 08-05T10:00 3
""",
    "配置审计": """
审计范围 计划审计日期 实际审计日期 抽查配置项数 准确配置项数 未授权配置项数
网络 03-31 03-20 50 48 1
主机 06-30 07-02 50 49 2
应用 09-30 - - - -
""",
    "发布": """
发布版本 计划发布日期 实际发布日期 发布结果 配置库是否更新
1.0 03-01 03-01 成功 是
1.1 04-01 04-03 回退 否
1.2 05-01 - - -
""",
    "知识库": """
知识编号 作者 提交时间 审核时间 发布时间 撤回时间 最近复审日期 来源问题编号
K1 甲 01-20T09:00 01-22T10:00 01-25T09:00 - 12-01 P1
K2 乙 02-01T09:00 02-16T10:00 02-17T09:00 - - -
K3 甲 2015-05-01T09:00 2015-05-03T10:00 2015-05-04T09:00 06-01T09:00 01-10 -
K4 乙 2015-05-01T09:00 2015-05-03T10:00 2015-05-05T09:00 - 2015-06-10 -
""",
    "知识使用": "知识编号 使用时间\nK1 03-01T09:00\nK1 04-01T09:00\nK4 04-02T09:00",
    "内审": "审核范围 计划审核日期 实际审核日期\n服务台 06-01 06-01\n备件库 11-30 12-09",
    "不符合项": """
不符合项编号 开具日期 要求关闭日期 实际关闭日期
N1 06-01 06-30 06-30
N2 06-01 06-30 07-01
N3 06-01 06-30 -
""",
    "纠正预防": "措施内容 验证日期 是否有效\n培训 08-01 是\n换人 08-01 否\n改流程 - -",
    "过程检查": "检查日期 检查项数 合格项数\n06-01 20 19\n12-01 30 26",
    "等级评定": "评定内容 评定日期 评定等级 评定人\n计划 06-01 4 丙\n风险 06-01 5 丙\n应对 06-01 3 丙",
    "备件抽检": "抽检日期 抽检数量 完好数量\n03-01 10 10\n06-01 20 19",
    "备件申领": """
申领单号 申领时间 要求到货时间 到货时间 申领数量 发放数量 投诉编号
Q1 03-01T09:00 03-01T13:00 03-01T13:00 2 2 -
Q2 03-02T09:00 03-02T13:00 03-02T14:00 3 1 T9
Q3 03-03T09:00 03-03T13:00 - 1 - -
""",
    "盘点": "备件编码 盘点日期 账面数量 实盘数量\nS1 12-30 5 5\nS2 12-30 5 4\nS3 12-30 0 0",
    "收发存": "结存日期 期初金额 发出金额 期末金额\n01-31 100 50 100\n02-29 100 70 300",
    "库存": "备件编码 库存日期 库存数量 安全库存\nS1 12-30 5 2\nS2 12-30 1 2",
    "返还": "RMA编号 应返还日期 实际返还日期\nR1 03-01 03-01\nR2 04-01 04-02",
    "采购": "采购单号 承诺到货日期 实际到货日期\nO1 03-01 02-28\nO2 04-01 04-02",
    "供应商": "供应商名称 应评价日期 实际评价日期\n甲厂 12-15 12-01\n乙厂 12-15 -",
    "人员": """
工号 入职日期 离职日期
W1 2015-01-01 -
W2 2015-01-01 -
W3 02-01 -
W4 2015-01-01 08-01
W5 2015-01-01 03-01
""",
    "岗位": """
岗位名称 设岗日期 撤岗日期 是否在岗 是否有后备 是否关键岗位 在岗人数 储备人数
一线 2015-01-01 - 是 否 是 2 1
文员 2015-01-01 - 否 是 否 0 4
值班 2015-01-01 02-01 是 是 是 9 9
二线 2015-01-01 - 是 否 是 3 1
""",
    "招聘": "招聘岗位 计划到岗日期 计划人数 到岗人数\n一线 03-01 3 2\n二线 06-01 2 -",
    "培训计划": """
培训主题 计划培训日期 实际培训日期
保密 03-01 03-01
网络 06-01 06-02
数据库 09-01 -
""",
    "签到": """
工号 培训主题 培训日期 是否信息安全培训 培训考核是否合格
W1 保密 03-01 是 是
W1 网络 06-02 否 是
W2 网络 06-02 否 否
""",
    "绩效": "工号 绩效考核日期 绩效是否合格\nW1 12-30 是\nW2 12-30 是\nW3 12-30 否",
}
COMPANY = frozenset(
    re.findall(r"\w+", "内审 不符合项 纠正预防 等级评定 备件抽检 盘点 收发存 库存 采购 供应商 岗位 招聘")
)
#: The figure of each indicator (times in minutes), and how it comes about.
FIGURES = """
customer_satisfaction 16/4          5 + 4 + 3 + 4
csat_rate 3/4                       all but S3
csat_index 310/4                    90×2 + 80 + 50 over weights of 4
survey_return_rate 2/3              丙方 never answered
survey_coverage_rate 1/2            the first half-year, ten days late; the second never
report_on_time_rate 2/13            twelve months fall due, from December 2015 on, and B3; B1 B3, B2 a day late
report_delivered_rate 3/13          B1 B2 B3
milestone_ontime_rate 1/3           二 a day late, 三 never
acceptance_first_pass 2/3           终验 twice
archive_ontime_rate 1/2             纪要 a day late
cost_variance 1/20                  420 spent of 400
collection_rate 1/4                 100 of 400
sla_signed_rate 1/2                 H1 has ended, H3 is unsigned
sla_review_rate 1/2                 the first half-year's five days late
sec_incident_count 1
sec_training_coverage 1/3           W1 of W1 W2 W3, who are there at the end
vuln_fix_ontime_rate 1/3
access_control_rate 97/100          3 of 100 accounts
backup_ok_rate 3/4
incident_sla_rate 2/4               T1 T3; T2 late, T4 open past its due time; T5 cancelled
incident_response_rate 3/4          T2 15 minutes late
incident_resolve_ontime_rate 1/4    C1; C2 in time but unsolved, C3 late, C4 open
onsite_ontime_rate 1/3              V2 a minute late, V3 never
incident_solved_rate 2/3            C1 C3 of the three closed
incident_close_rate 2/4             T1 T2
request_completion_rate 2/3         T10 is open past its due time
request_ontime_rate 1/3             T7 late
incident_count 4                    T5 cancelled
major_incident_count 1              C1; C4 is the customer's
mttr_hours 140                      T1 120, T2 180 without the break at noon, T3 60 + 60
mtta_minutes 65/4                   10 + 30 + 5 + 20
response_median_min 15              between 10 and 20
resolve_p90_hours 180               of 120 120 180 the third
reopen_rate 1/3                     T2
incident_backlog 2                  T3 is resolved but not closed, T4
backlog_age_days 218820             T3 303 days less 17 hours, T4 two days less nine
overdue_open_count 1                T4
arrival_clear_ratio 2/4             T1 T2 closed of T1 to T4
callback_coverage 1/2               T1, called twice
ticket_completeness 4/5             T4 has neither assignee nor title
first_dispatch_rate 3/5
dispatch_accuracy_rate 1/3          T1
first_line_rate 2/3                 C1 C3
reassign_mean 2/3                   five dispatches of three tickets
routing_error_rate 1/5              T2's first
ticket_log_rate 2/3                 A3 has no ticket
fcr_rate 1/3                        A1 came again as A2, A3 was transferred
call_answer_rate 3/5
call_fast_answer_rate 2/3           10 and 20 seconds
call_abandon_rate 1/5
call_asa_s 1/3                      60 seconds over three
call_avg_talk_s 2                   360 seconds over three
inspection_done_rate 2/4            Q3 in October, Q4 never
inspection_coverage 2/3             D1 D2 of D1 D2 D4
pm_done_rate 8/15
uptime_hours 526320                 366 days less twelve hours, 00:00 to 12:00: two of them overlap
line_over_8h_count 1                L1 ten hours, L2 four
band_utilisation 2/3                130% is too much
drill_done_rate 1/2
supplier_pass_rate 1/2              the second was bad, the third invalid, the fourth is not due yet
repeat_incident_rate 1/4            C2 nine days after C1
repeat_incident_reduction 1/4       1 − (1/4 ÷ 1/3): C6 of three in 2015
problem_solved_rate 1/2
problem_ontime_rate 1/3             P2 late, P3 open
problem_mttr_hours 4320             48 h and 96 h
rca_late_rate 2/3                   P2 two days late, P3 never
problem_to_kb_rate 1/2              K1 came of P1
open_problem_count 1
change_success_rate 1/3             G2 rolled back, G4 failed; G3 was not carried out
change_unauthorised_rate 1/3        G2
change_emergency_rate 1/4           G2
change_cancel_rate 1/4              G3
change_ontime_rate 2/3              G2 two hours late
change_incident_rate 1/3            C4 on sv1 fifteen hours after G1
change_approval_hours 640           6 h, 24 h and 2 h
change_ci_count_mean 3              2 + 4 + 3
cmdb_update_ontime_rate 1/3         G1 after 24 h; G4 after 72 h, G2 never
ci_accuracy_rate 97/100
ci_audit_done_rate 1/3              主机 two days late, 应用 never
unauthorised_ci_count 3
release_success_rate 1/2
release_ontime_rate 1/3
release_cmdb_rate 1/2
sla_rate_worst_level 1/3            P1: T1 of T1 T2 T4; P2: 1
duration_budget_ratio 7/9           120 + 180 + 120 of 180 + 120 + 240
availability 526320/527040          as above
availability_user_weighted 10979/10980  600×10 + 240×5 = 7200 of 527040 × 150
mtbf_hours 263160                   526320 over two
mtrs_hours 360                      720 over two
position_fill_rate 2/3              值班 was given up
position_backup_rate 1/3
key_reserve_rate 2/5                2 for 5
recruit_rate 2/5
training_plan_rate 1/3
training_coverage 2/3               W1 W2 of W1 W2 W3
training_pass_rate 2/3
performance_pass_rate 2/3
staff_turnover_rate 4/7             W4 W5 of (4 + 3) ÷ 2
kb_new_count 2                      K1 K2
kb_per_person 4/7                   2 of (4 + 3) ÷ 2
kb_review_ontime_rate 1/2           K2 was due on Saturday 6 February
kb_use_rate 2/3                     K1 K4 of K1 K2 K4
kb_solve_rate 1/2                   C1 of C1 C3
kb_refresh_rate 1/3                 K1; K3 is withdrawn
complaint_count 2
complaint_on_time_rate 1/2
complaint_rate 2/8
complaint_reply_rate 1/2            by Friday: T9's came on Monday
complaint_satisfied_rate 1/2
csat_item_rate 2/3                  质量 below 60
report_error_rate 1/3
audit_plan_rate 1/2
nc_close_ontime_rate 1/3
capa_effective_rate 1/2
qa_check_pass_rate 45/50
plan_readiness_level 4/5            4 + 5 + 3 of 15
spare_ok_rate 29/30
spare_fill_rate 3/6
spare_ontime_rate 1/3
spare_complaint_rate 1/3
spare_book_match_rate 2/3
spare_turnover 4/5                  120 of the mean of 100 and 200
spare_safety_rate 1/2
spare_scope_coverage 2/3            M1 M3 of M1 M2 M3
rma_closed_rate 1/2
purchase_ontime_rate 1/2
supplier_eval_rate 1/2
"""


def expected() -> dict[str, Fraction]:
    """Read the figures, each before its explanation."""
    return {line.split()[0]: Fraction(line.split()[1]) for line in FIGURES.strip().splitlines()}


def cell(text: str) -> str:
    """Read a cell: `-` is blank, days without a year are of 2016, a `T` parts day and time."""
    dated = re.sub(r"^(?=\d\d-\d\d(T|$))", "2016-", text)
    return "" if text == "-" else re.sub(r"^(\d{4}-\d\d-\d\d)T", r"\1 ", dated)


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Score all exports by the shipped plan, once."""
    desk = Desk(tmp_path_factory.mktemp("itss"))
    for name, text in EXPORTS.items():
        heads, *lines = (line.split() for line in text.strip().splitlines())
        ours = {} if name in COMPANY else {"项目名称": PROJECT}
        desk.put(f"{name}.csv", [{**ours, **dict(zip(heads, map(cell, cells), strict=True))} for cells in lines])
    return desk.score(plan=Path("itss")).card


@pytest.mark.parametrize("indicator", expected())
def test_a_figure_is_the_one_worked_out_by_hand(card: dict[str, Any], indicator: str) -> None:
    (found,) = (each for each in card["results"] if each["indicator"] == indicator and each["verdict"] != "no_data")
    parts = [
        Fraction(str(found[part])).limit_denominator(10**6) for part in ("numerator", "denominator") if found[part]
    ]
    assert parts[0] / (parts[1] if parts[1:] else 1) == expected()[indicator], found
    table = SAID["indicators"][indicator].get("table", "")
    assert found["project"] == ("公司" if SAID["tables"].get(table, {}).get("constants") else found["project"])


def test_every_row_was_read_and_every_indicator_worked_out(card: dict[str, Any]) -> None:
    assert [each["file"] for each in card["inputs"] if each["accepted"] != each["rows"]] == []
    assert {each["table"] for each in card["inputs"]} == {"tickets", "surveys", "reports", *SAID["tables"]}
    over = [name for name, each in SAID["indicators"].items() if "over" in each]
    assert [*expected(), *over] == sorted(SAID["indicators"], key=lambda name: name in over)


def test_indicators_over_indicators_count_the_verdicts_of_the_card(card: dict[str, Any]) -> None:
    """Of the project what met its target of what was judged; everything is counted from rows, nothing reported."""
    ours = {each["indicator"]: each for each in card["results"] if each["project"] == PROJECT}
    plain = [each["verdict"] for name, each in ours.items() if "over" not in SAID["indicators"][name]]
    met = ours["indicator_met_rate"]
    assert (met["met"], met["missed"]) == (plain.count("pass"), plain.count("fail"))
    assert ours["indicator_auto_rate"]["value"] == 1


def test_the_mix_of_levels_is_the_breakdown_of_the_incidents(card: dict[str, Any]) -> None:
    """T1 T2 T4 are P1, T3 is P2; T5 was cancelled."""
    (count,) = (each for each in card["results"] if (each["indicator"], each["project"]) == ("incident_count", PROJECT))
    assert [(each["word"], each["rows"]) for each in count["breakdown"]] == [("P1", 3), ("P2", 1)]


@pytest.mark.parametrize("whole", [False, True], ids=["required headings", "all headings"])
def test_sheets_of_each_table_are_told_by_their_headings(
    tmp_path: Path, opskpi: Callable[..., Result], *, whole: bool
) -> None:
    """A row of nothing but blanks after the project: only what each sheet is taken for matters here."""
    for name, table in SAID["tables"].items():
        columns = {each: said if isinstance(said, dict) else {"type": said} for each, said in table["columns"].items()}
        heads = [
            each
            for each, said in columns.items()
            if whole or said.get("required", said["type"] != "id" and not said["type"].endswith("?"))
        ]
        named = [*([] if table.get("constants") else ["项目名称"]), *heads]
        (tmp_path / f"{name}.csv").write_text(",".join(named) + "\n" + ",".join("?" for _ in named) + "\n", "utf-8")
    result = opskpi("check", tmp_path, "-t", "itss", "-f", "json", "--max-rejected", "100")

    seen = {each["file"]: each["table"] for each in json.loads(result.stdout)["inputs"]}
    assert seen == {f"{name}.csv": name for name in SAID["tables"]}


def test_the_template_has_nothing_to_be_looked_at(opskpi: Callable[..., Result]) -> None:
    assert opskpi("targets", "check", "itss").exit_code == 0


def test_each_department_and_process_owner_has_indicators() -> None:
    owners = {each["owner"] for each in SAID["indicators"].values()}
    assert owners == {"项目管理部", "运行维护部", "质量部", "商务部"}
    processes = {each.get("process_owner") for each in SAID["indicators"].values()}
    assert processes == {"事件", "问题", "变更", "配置", "发布", "信息安全", "服务级别", None}


def test_each_target_says_where_it_comes_from() -> None:
    targets = re.findall(r"(?m)^    target: .*$", TEXT)
    assert [line for line in targets if not re.search(r"# (公司目标|习惯值)", line)] == []
    assert sum("公司目标" in line for line in targets) == 6


#: The rows of `docs/indicators.md`: number, id, name, the plan's id, its value or why there is none.
CATALOGUE = tuple(
    [part.strip() for part in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if re.match(r"\| \d+ \|", line)
)


class TestThePage:
    """`docs/indicators.md` says of each of the 131 indicators how the plan has it, or why it does not."""

    def test_it_has_the_whole_catalogue(self) -> None:
        assert [int(number) for number, *_ in CATALOGUE] == list(range(1, 132))
        assert len({name for _, name, *_ in CATALOGUE}) == 131

    def test_what_it_says_is_the_plans(self) -> None:
        said = {row[3].strip("`"): row[4] for row in CATALOGUE if row[3] != "—"}
        assert said.keys() == SAID["indicators"].keys()
        for name, value in said.items():
            indicator = SAID["indicators"][name]
            outer = f"{indicator['reduce']}` of `" if "by" in indicator else ""
            assert value == f"`{outer}{indicator['value']}`"

    def test_it_states_how_many_are_not_said(self) -> None:
        for readme in ("README.md", "README.zh-CN.md"):
            assert f"{len(SAID['indicators'])} " in (ROOT / readme).read_text(encoding="utf-8")
        reasons = [row[4] for row in CATALOGUE if row[3] == "—"]
        assert all(reasons)
        assert f"says {131 - len(reasons)} of them" in PAGE
        assert f"{len(reasons)} are not in it" in PAGE
