"""Types of ticket and their fates, and what each fate counts as."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from company.outcomes import Outcome


class Fate(StrEnum):
    """How a ticket stands at the end of the year; the fields of a Load."""

    IN_TIME = "in_time"
    LATE = "late"
    OVERDUE = "overdue"
    RUNNING = "running"
    CANCELLED = "cancelled"
    BEFORE = "before"
    AFTER = "after"


JUDGED_BY_TIME: Final[Mapping[Fate, Outcome]] = {
    Fate.IN_TIME: "met",
    Fate.LATE: "missed",
    Fate.OVERDUE: "missed",
    Fate.RUNNING: "pending",
    Fate.CANCELLED: "excluded",
    Fate.BEFORE: "out_of_period",
    Fate.AFTER: "out_of_period",
}
JUDGED_BY_COMPLETION: Final[Mapping[Fate, Outcome]] = {
    **JUDGED_BY_TIME,
    Fate.LATE: "met",
}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A type of ticket: its word, its numbering, and how it is judged."""

    word: str
    prefix: str
    subjects: tuple[str, ...]
    priorities: Mapping[str, int]
    width: int = 4
    indicator: str = ""
    outcomes: Mapping[Fate, Outcome]


ROUTINE: Final = {"P3": 2, "P4": 3}
INCIDENT: Final = Kind(
    word="事件",
    prefix="SJ",
    subjects=(
        "无法登录",
        "响应缓慢",
        "磁盘空间不足告警",
        "数据库连接数超限",
        "网络链路中断",
        "服务进程异常退出",
        "备份任务失败",
        "CPU使用率超过90%",
        "页面报错500, 刷新后恢复",
        '提示"连接超时"',
        "打印服务异常，影响窗口业务",
        "接口返回数据不一致",
    ),
    priorities={"P1": 4, "P2": 16, "P3": 45, "P4": 35},
    indicator="incident_sla_rate",
    outcomes=JUDGED_BY_TIME,
)
REQUEST: Final = Kind(
    word="服务请求",
    prefix="FW",
    subjects=(
        "新增用户账号",
        "重置口令",
        "开通防火墙策略",
        "扩容存储空间",
        "导出月度数据",
        "安装客户端, 共3台",
        "申请远程接入权限",
        "调整定时任务",
        "配合等保检查",
    ),
    priorities=ROUTINE,
    indicator="request_completion_rate",
    outcomes=JUDGED_BY_COMPLETION,
)
COMPLAINT: Final = Kind(
    word="投诉",
    prefix="TS",
    subjects=("故障处理时间过长", "同类故障重复发生", "现场人员迟到", "回访不及时"),
    priorities=ROUTINE,
    width=3,
    indicator="complaint_on_time_rate",
    outcomes=JUDGED_BY_TIME,
)
CHANGE: Final = Kind(
    word="变更",
    prefix="BG",
    subjects=("数据库补丁升级", "应用版本上线", "防火墙策略变更", "服务器内存扩容"),
    priorities=ROUTINE,
    outcomes=JUDGED_BY_TIME,
)
PROBLEM: Final = Kind(
    word="问题",
    prefix="WT",
    subjects=("频繁重启根因分析", "夜间批处理超时根因分析", "链路抖动根因分析"),
    priorities=ROUTINE,
    outcomes=JUDGED_BY_TIME,
)
# No vocabulary of opskpi has this word: the row is to be rejected.
ENQUIRY: Final = Kind(
    word="咨询",
    prefix="ZX",
    subjects=("接口对接方式",),
    priorities=ROUTINE,
    outcomes=dict.fromkeys(Fate, "rejected"),
)
