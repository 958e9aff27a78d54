// Words of the server that stand inside its sentences: states, kinds of things, languages. Used by server_words.ts.
export const holes: Readonly<Record<string, string>> = {
  open: "待复核", approved: "已同意", rejected: "未同意", withdrawn: "已撤回", replaced: "已被取代", void: "已失效", consumed: "已执行",
  expired: "已过期", proposed: "已提交复核", published: "已发布", dropped: "已放弃", removed: "已移除", live: "有效",
  agent: "服务商", rep: "业务员", merchant: "商户", terminal: "终端", "settlement account": "结算账户", settlement_account: "结算账户",
  person: "人员", channel: "通道", card: "卡",
  rule: "规则", feature: "特征", parameter: "参数", list: "名单", message: "话术", outcome: "结果", action: "动作", attribute: "属性",
  "derived value": "中间值", "a derived value": "中间值", "registered fact": "登记信息", "rule override": "规则覆盖", "policy file": "规则文件", "score": "评分",
  Chinese: "中文", English: "英文", always: "总是", never: "从不",
};
