// What the desk says of a member, in Chinese: the desk writes English, and a reader of Chinese pages should not have to.
// Used by ui/problem.ts. What is not listed is shown as the desk wrote it, marked as English.
const pairs: readonly (readonly [RegExp, string])[] = [
  [/^this is needed$/, "必填"],
  [/^this may not be empty$/, "不能为空"],
  [/^say why/, "请说明原因"],
  [/^expected a text of at most (\d+) bytes without control characters$/, "应为不超过 $1 字节的文字"],
  [/^expected a text of (\d+) to (\d+) bytes without control characters$/, "应为 $1 至 $2 字节的文字"],
  [/^expected (\d+) to (\d+) bytes$/, "应为 $1 至 $2 字节"],
  [/^expected a time such as .*$/, "应为时间,例如 2026-07-03 14:05"],
  [/^expected one of: (.*)$/, "应为以下之一:$1"],
  [/^expected a whole number from (-?\d+) to (-?\d+)$/, "应为 $1 至 $2 的整数"],
  [/^expected true or false$/, "应为是或否"],
  [/^expected a list of at most (\d+) texts$/, "最多 $1 项"],
  [/^there is no such member here$/, "没有这个字段"],
  [/^expected a time to come, within 90 days$/, "应为 90 天内的将来时间"],
  [/^.*at least 15 characters.*$/, "密码至少 15 个字符"],
  [/^the present password is not right$/, "当前密码不对"],
  [/^not right$/, "不对"],
  [/^not the digits of now$/, "不是当前的动态口令"],
  [/^this sign-in name is taken$/, "这个登录名已被使用"],
  [/^take 3 to 64 of .*$/, "登录名应为 3 至 64 个小写字母、数字或 . _ - @"],
  [/^give a name of 1 to 60 characters$/, "请填写 1 至 60 个字的称呼"],
  [/^give one to twenty roles$/, "请选择 1 至 20 个角色"],
  [/^there is no such role.*$/, "没有这个角色"],
  [/^a shop closes after it opens.*$/, "打烊应晚于开门:跨零点请加 24 小时"],
  [/^a code that traffic uses stays.*$/, "该代号已被交易使用,不能修改:请用新代号另行登记"],
  [/^a merchant category code has four digits$/, "商户类别码为 4 位数字"],
  [/^a terminal in this state stands at no merchant.*$/, "这种状态的终端不在任何商户:请清空商户"],
  [/^an active terminal stands at a merchant.*$/, "使用中的终端必须登记商户"],
  [/^this merchant is closed.*$/, "该商户已关停,不能布放终端"],
  [/^a merchant has at most (\d+) numbers$/, "一个商户最多 $1 个商户号"],
  [/^a number stands here twice$/, "商户号重复"],
  [/^there is no such channel.*$/, "没有这个通道:请先登记通道"],
  [/^terminals stand at this merchant still.*$/, "该商户仍有终端:请先撤机再关停"],
  [/^nobody decides on his own proposal.*$/, "不能复核自己提出的变更,须由他人复核"],
  [/^only its author may .*$/, "只有提出人可以这样做"],
  [/^the approval is for something else$/, "内容已变化,请重新查看后再复核"],
  [/^the author gave you this role.*$/, "您的角色由提出人授予:授予满七天且本人两步验证启用满七天后方可复核其变更;在此之前请由其他有权人复核,或由您提出、由对方复核"],
  [/^only an owner does this for an owner$/, "只有老板可以对老板账号这样做"],
  [/^your roles do not give the right .*$/, "您的角色没有这项权限"],
  [/^the reason is too long.*$/, "理由过长,请缩短"],
  [/^expected https:\/\/HOST\/PATH$/, "应为 https:// 开头的地址"],
  [/^.*(private|inside|not out in the world).*address.*$/, "不能是内网或本机地址"],
  [/^the change is too large.*$/, "变更内容过大(最多 1 MiB)"],
];

export function faultInChinese(detail: string): string | null {
  for (const [pattern, words] of pairs)
    if (pattern.test(detail)) return detail.replace(pattern, words);
  return null;
}
