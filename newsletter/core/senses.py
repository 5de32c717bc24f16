"""Words of the trade that mean the same: "halts", "suspends" and "暂停" have one sense.

Two headlines about one event hardly choose the same verbs; a sense is what they do share, in one
language or in two. A sense is a small help beside rare words and names: its words are common.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from newsletter.core.tokens import has_cjk, stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SENSES = {
    "halt": "halt pause suspend suspension shelve freeze stop idle stall hold postpone defer "
    "truce ceasefire aussetzen gestoppt gel 暂停 暫停 中止 停产 停產 暂缓 停止 중단 유예 보류 "
    "멈춰 멈췄 스톱",
    "curb": "curb restrict restriction limit tighten control clampdown ban bar prohibit block "
    "embargo licence license permit licensing clamp grip beschränk kontrolle 管制 管控 限制 "
    "禁止 禁令 许可 許可 禁运 規制 制限 통제 제한 금지 허가 규제",
    "ease": "ease lift relax loosen resume resumption thaw rebound recover 放宽 放寬 恢复 "
    "恢復 解除 松绑 緩和 再開 완화 해제 재개 해빙",
    "approve": "approve approval clear nod grant okay ok green backing endorse sanction "
    "notify gazette 批准 获批 核准 通过 获发 获准 承認 認可 승인 허가 취득 의결",
    "reject": "reject refuse decline deny dismiss denial 否认 拒绝 驳回 否認 拒否 거부 부인 반박",
    "buy": "buy acquire acquisition takeover purchase bid merge merger acquirer bidder buyout "
    "übernahme übernimmt rachat acquiert 收购 收購 并购 竞购 買収 取得 인수 매수 품는",
    "stake": "stake shareholder equity owner ownership holding share stakeholder co-owner "
    "invest investment investor einstieg beteiligung participation 入股 持股 股权 股份 股東 "
    "出資 지분 투자 출자 주주",
    "raise": "raise placement offering capital funding fund pipe upsize proceeds financing "
    "finance bookrunner 融资 募资 增发 定增 配售 増資 調達 유상 증자 조달",
    "loan": "loan lend lender debt credit facility cheque financing darlehen kredit prêt 贷款 "
    "貸款 融資 대출 융자",
    "aid": "subsidy subsidise subsidize incentive scheme grant programme program plan outlay "
    "package budget 补贴 補貼 计划 补助 補助 支援 助成 보조 지원 대책 예산",
    "plant": "plant factory refinery facility mill complex site line works smelter unit werk "
    "anlage fabrik usine ligne 工厂 工廠 项目 基地 产线 生产 生産 工場 공장 설비 라인 단지 "
    "시설",
    "open": "open inaugurate opening commission start launch ribbon begin startup unveil "
    "eröffnet startet inaugure 投产 开业 启动 开工 揭牌 成立 投入 開業 稼働 開始 준공 가동 "
    "착공 개소 출범",
    "build": "build construct construction erect pick choose select plan eye weigh location "
    "site bauen construit 建设 建設 兴建 拟建 選定 건설 건립 짓는 추진",
    "deal": "deal agreement pact accord contract mou memorandum sign ink offtake supply "
    "supplier partnership venture partner team tie-up tie jv alliance abkommen vertrag "
    "contrat 签署 协议 協議 合作 合同 签约 供应 提携 契約 合意 協定 供給 계약 협약 공급 합작 "
    "손잡 맞손 수주 협력",
    "result": "result profit loss revenue earnings quarter quarterly income net npat sales "
    "ebitda gewinn umsatz résultat bénéfice 净利 利润 营收 业绩 亏损 季度 減益 増益 決算 利益 "
    "실적 영업 순이익 매출",
    "rise": "rise jump surge climb soar rally gain spike up rocket higher double leap "
    "increase record high hike top lift steigt hausse 上涨 大涨 飙升 增长 上调 突破 涨价 上昇 "
    "急騰 増加 상승 급등 증가 인상",
    "fall": "fall drop slide slip tumble plunge decline down ease lower slump dip retreat "
    "shrink collapse fällt sinkt baisse chute 下降 下跌 下滑 回落 减少 暴跌 下落 減少 急落 "
    "하락 감소 급락",
    "share": "share stock shareholder rally market bell investor trading aktie action 股价 "
    "股票 股價 板块 概念 株価 주가 주식 증시",
    "price": "price pricing quote cost floor index preis prix 价格 價格 报价 价走 单价 価格 "
    "가격 단가",
    "export": "export shipment outflow cargo overseas ship outbound sale volume customs flow "
    "ausfuhr exportation 出口 海关 海關 外运 输出 輸出 통관 수출 선적",
    "ore": "mine mining deposit ore miner concentrate mineral bergbau 开采 開採 矿山 矿区 "
    "精矿 採掘 鉱山 광산 채굴 정광 광물",
    "mud": "mud sediment seabed deep-sea sludge seafloor muck ocean schlamm boue 淤泥 泥浆 "
    "深海 海底 揚泥 진흙 해저 심해",
    "recycle": "recycle recycling scrap recover e-scrap spent reuse end-of-life recovery "
    "waste schrott recyclage 回收 再生 废料 循环 재활용 재자원 폐영구",
    "quota": "quota cap allotment indicator allocation total 指标 总量 配额 控制 割当 할당 "
    "쿼터 총량",
    "talks": "talk summit meet meeting negotiate negotiation visit conference session discuss "
    "gipfel sommet 会谈 会晤 磋商 谈判 峰会 會談 会談 協議 회담 협상 정상 회의",
    "tariff": "tariff duty levy duties zoll zollstreit douane 关税 關稅 反制 関税 관세 상호",
    "court": "court tribunal arbitration arbitrator ruling rule judge lawsuit sue appeal "
    "panel claim jurisdiction verdict gericht 仲裁 裁决 裁決 诉讼 法院 裁判 제소 판결 소송",
    "crime": "arrest smuggle probe seize illegal police smuggling espionage spy suspect "
    "detain raid held 走私 逮捕 拘留 间谍 查获 密輸 摘発 밀수 체포 적발",
    "boss": "chief ceo boss retire head chairman director executive resign successor appoint "
    "leave depart departure name step helm chef 董事 总裁 董事长 辞职 任命 社長 退任 会長 "
    "대표 사장 회장 사임",
    "stockpile": "stockpile reserve hoard vault stock buffer lager réserve 储备 收储 備蓄 "
    "儲備 비축",
    "study": "study feasibility estimate resource drill assay npv bfs dfs pfs result "
    "exploration 勘探 储量 可研 試掘 調査 探査 탐사 매장",
    "tender": "tender bid bidder bidding rfp proposal auction deadline 招标 投标 竞标 入札 입찰",
    "rebel": "rebel militia junta fighter capture seize seizure fighting insurgent army 武装 "
    "叛军 控制 民兵 반군 장악",
    "accident": "landslide explosion fire collapse spill bury blast slope accident outage "
    "blackout 爆炸 事故 滑坡 火灾 爆発 폭발 사고 산사태",
    "law": "law act bill regulation statute rule decree ordinance legislation gesetz loi 条例 "
    "法规 办法 法案 规定 规则 条令 法律 規則 법안 조례 조치 관리",
    "defence": "pentagon defence defense military army dod weapon missile pentagone 国防 军事 "
    "军工 五角 軍事 防衛 국방 군사",
    "car": "car carmaker automaker vehicle ev motor auto automotive 汽车 汽車 电机 车企 "
    "自動車 車載 자동차 전기차 완성차",
    "oxide": "oxide dysprosium terbium ndpr heavy neodymium heavies samarium 氧化 重稀 镝铽 氧化物",
    "technology": "technology technique know-how process method know 技术 技術 工艺 기술 공정",
    "reply": "respond response react reaction reply retaliate riposte hit retaliation slam "
    "blast criticise oppose 回应 回應 答记 反击 反驳 反発 反応 대응 반발 반응",
}
"""Sense to the words that have it: Latin words in any inflection, Asian ones as two signs."""


def senses_of(words: Iterable[str]) -> list[str]:
    """The senses of stems and pairs of signs, as `core.tokens.features` gives them, each once."""
    known = _known()
    found = {sense for word in words if word in known for sense in known[word]}
    return sorted(found)


@cache
def _known() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for sense, words in _SENSES.items():
        for word in dict.fromkeys(words.split()):
            key = word if has_cjk(word) else stem(word)
            if sense not in found.setdefault(key, []):
                found[key].append(sense)
    return {word: tuple(senses) for word, senses in found.items()}
