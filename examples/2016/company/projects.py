"""The twelve projects, and what each of them is made to live through."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Weights of survey scores, in tenths.
CONTENT: Final = {50: 9, 49: 6, 48: 8, 47: 6, 46: 4, 45: 3, 44: 2, 42: 1, 40: 1, 36: 1}
UNHAPPY: Final = {50: 2, 48: 3, 46: 5, 44: 6, 42: 6, 40: 5, 38: 3, 35: 2, 30: 1}


@dataclass(frozen=True, kw_only=True)
class Load:
    """How many tickets of one type meet each fate."""

    in_time: int = 0
    late: int = 0
    overdue: int = 0
    running: int = 0
    cancelled: int = 0
    before: int = 0
    after: int = 0


@dataclass(frozen=True, kw_only=True)
class Project:
    """One project: its names, its people, and the outcomes it is to have."""

    name: str
    systems: tuple[str, ...]
    team: tuple[str, ...]
    incidents: Load
    requests: Load
    complaints: Load
    changes: Load
    problems: Load
    surveys: int = 0
    mood: Mapping[int, int]
    scores: tuple[int, ...] = ()
    quarterly: bool = False
    late_reports: frozenset[str] = frozenset()
    lost_reports: frozenset[str] = frozenset()
    other_spelling: str = ""

    def spell(self, nth: int) -> str:
        """Give the name as it stands in the project's nth row of a table."""
        other = self.other_spelling or self.name
        return (self.name, self.name, other)[nth % 3]


BANK: Final = Project(
    name="某银行数据中心",
    systems=("核心业务系统", "网上银行", "同城灾备存储", "机房动环监控"),
    team=("张磊", "王建国", "李晓峰", "陈静"),
    incidents=Load(in_time=188, late=20, overdue=1, cancelled=3, before=1, after=1),
    requests=Load(in_time=112, late=6, cancelled=2),
    complaints=Load(in_time=3),
    changes=Load(in_time=24, late=1, cancelled=1),
    problems=Load(in_time=9, late=1),
    surveys=26,
    mood=CONTENT,
    quarterly=True,
)
MEDICARE: Final = Project(
    name="某市医保平台（二期）",
    other_spelling="某市医保平台 (二期)",
    systems=("结算服务", "参保登记系统", "定点药店接口", "数据交换平台"),
    team=("刘洋", "赵敏", "孙志强"),
    incidents=Load(in_time=142, late=8, running=1, cancelled=2),
    requests=Load(in_time=78, late=4, running=1, cancelled=1),
    complaints=Load(in_time=2),
    changes=Load(in_time=16, cancelled=1),
    problems=Load(in_time=6),
    surveys=34,
    mood=CONTENT,
)
POWER: Final = Project(
    name="某省电力调度中心",
    systems=("调度自动化系统", "电能量采集系统", "调度数据网", "保信子站"),
    team=("周文博", "吴海涛", "郑凯"),
    incidents=Load(in_time=116, late=20, overdue=2, running=1, cancelled=2, before=1),
    requests=Load(in_time=61, late=3),
    complaints=Load(in_time=4, before=1),
    changes=Load(in_time=14),
    problems=Load(in_time=8, overdue=1),
    surveys=22,
    mood=CONTENT,
    quarterly=True,
)
GOVERNMENT: Final = Project(
    name="某市政务服务大厅",
    systems=("叫号系统", "一窗受理平台", "自助终端", "政务外网"),
    team=("冯婷", "杨帆", "徐亮", "何敏"),
    incidents=Load(in_time=171, late=9, running=1, cancelled=2),
    requests=Load(in_time=104, late=6, running=2, cancelled=2, after=1),
    complaints=Load(in_time=4, after=2),
    changes=Load(in_time=15),
    problems=Load(in_time=5),
    surveys=41,
    mood=UNHAPPY,
)
HOSPITAL: Final = Project(
    name="某三甲医院信息系统",
    systems=("HIS系统", "检验系统LIS", "影像系统PACS", "门诊自助机"),
    team=("马超", "朱琳", "胡斌", "郭晨"),
    incidents=Load(in_time=203, late=11, overdue=1, running=1, cancelled=4, before=1),
    requests=Load(in_time=91, late=5, cancelled=2),
    complaints=Load(in_time=5),
    changes=Load(in_time=18, late=1),
    problems=Load(in_time=9),
    surveys=38,
    mood=CONTENT,
)
RAILWAY: Final = Project(
    name="某轨道交通综合监控",
    systems=("综合监控系统", "自动售检票系统", "乘客信息系统"),
    team=("林涛", "高翔"),
    incidents=Load(in_time=45, late=4, overdue=1, cancelled=1, before=1, after=1),
    requests=Load(in_time=30, late=1),
    complaints=Load(in_time=1),
    changes=Load(in_time=8),
    problems=Load(in_time=3),
    surveys=15,
    mood=CONTENT,
)
SECURITIES: Final = Project(
    name="某证券公司交易网络",
    systems=("集中交易系统", "行情网关", "营业部专线", "网上交易接入"),
    team=("罗丹", "梁宇", "宋杰"),
    incidents=Load(in_time=118, late=2, cancelled=1),
    requests=Load(in_time=67, late=3, cancelled=1),
    complaints=Load(),
    changes=Load(in_time=21, cancelled=2),
    problems=Load(in_time=4),
    surveys=24,
    mood=CONTENT,
    late_reports=frozenset({"2016年2月", "2016年7月"}),
)
CAMPUS: Final = Project(
    name="某高校智慧校园",
    systems=("教务系统", "一卡通平台", "校园无线网", "统一身份认证"),
    team=("唐悦", "许峰", "韩雪"),
    incidents=Load(in_time=84, late=4, cancelled=1, after=1),
    requests=Load(in_time=80, late=4, running=1, cancelled=1),
    complaints=Load(in_time=2),
    changes=Load(in_time=9),
    problems=Load(in_time=4),
    mood=CONTENT,
    scores=(44, 43, 36, 48, 50, 47, 47),
)
TOBACCO: Final = Project(
    name="某烟草公司物流平台",
    systems=("仓储管理系统", "分拣线控制系统", "配送调度系统"),
    team=("邓辉", "曹颖", "彭飞"),
    incidents=Load(in_time=97, late=6, overdue=1, cancelled=2),
    requests=Load(in_time=55, late=3),
    complaints=Load(in_time=1),
    changes=Load(in_time=10),
    problems=Load(in_time=5),
    surveys=28,
    mood=CONTENT,
    quarterly=True,
    late_reports=frozenset({"2016年5月", "2016年度"}),
    lost_reports=frozenset({"2016年9月"}),
)
TAX: Final = Project(
    name="某省税务征管系统",
    systems=("申报征收系统", "发票管理系统", "办税终端", "省局数据仓库"),
    team=("曾伟", "田野", "董洁", "袁浩"),
    incidents=Load(in_time=176, late=13, overdue=1, running=1, cancelled=3, after=1),
    requests=Load(in_time=86, late=5, overdue=1, cancelled=2),
    complaints=Load(in_time=1, late=1),
    changes=Load(in_time=17),
    problems=Load(in_time=7, late=1),
    surveys=36,
    mood=CONTENT,
)
AIRPORT: Final = Project(
    name="某机场离港系统",
    systems=("离港控制系统", "航显系统", "值机柜台", "行李分拣接口"),
    team=("潘磊", "蒋欣", "蔡明"),
    incidents=Load(in_time=139, late=2, cancelled=2),
    requests=Load(in_time=59, late=2, cancelled=1),
    complaints=Load(),
    changes=Load(in_time=13),
    problems=Load(in_time=4),
    surveys=31,
    mood=CONTENT,
)
PETROCHEMICAL: Final = Project(
    name="某石化集团ERP平台",
    systems=("ERP生产环境", "物资采购模块", "财务共享接口", "灾备环境"),
    team=("余波", "叶青", "程龙"),
    incidents=Load(in_time=126, late=10, overdue=1, cancelled=2),
    requests=Load(in_time=69, late=3, running=1, cancelled=1, before=1),
    complaints=Load(in_time=2, running=1),
    changes=Load(in_time=15, late=1),
    problems=Load(in_time=6),
    surveys=40,
    mood=CONTENT,
)

PROJECTS: Final = (
    BANK,
    MEDICARE,
    POWER,
    GOVERNMENT,
    HOSPITAL,
    RAILWAY,
    SECURITIES,
    CAMPUS,
    TOBACCO,
    TAX,
    AIRPORT,
    PETROCHEMICAL,
)
