#include "rulebook/list_item.h"

#include <algorithm>

#include "json/reader.h"
#include "json/writer.h"
#include "payment/card_digits.h"
#include "payment/entry.h"
#include "registry/made_id.h"
#include "relay/act.h"

namespace tillwatch::rulebook {
namespace {

using core::ErrorCode;
using payment::AttributeId;
using payment::Value;

constexpr std::string_view proposal_kind = "list.override";
constexpr std::string_view columns =
    "id, list, value, shown, decision, owner, reason, note, expires_at, made_by, made_at, act, proposal,"
    " ended_at, end_word, ended_by, end_note, end_act, end_proposal";

ListItem read(const sql::Row& row) {
  ListItem one;
  one.id = row.text(0);
  one.list = row.text(1);
  one.value = row.text(2);
  one.shown = row.text(3);
  one.decision = row.integer(4);
  one.owner = row.text(5);
  one.reason = row.text(6);
  one.note = row.text(7);
  one.expires_at = row.integer(8);
  one.made_by = row.text(9);
  one.made_at = row.integer(10);
  one.act = row.integer(11);
  one.proposal = row.text(12);
  one.ended_at = row.integer(13);
  one.end_word = row.text(14);
  one.ended_by = row.text(15);
  one.end_note = row.text(16);
  one.end_act = row.integer(17);
  one.end_proposal = row.text(18);
  return one;
}

core::Result<std::optional<ListItem>> first(core::Result<sql::Table> rows) {
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return std::nullopt;
  return std::optional<ListItem>(read((*rows)[0]));
}

// A wish, checked: what a proposal shows and what is carried out.
struct Step {
  ListInForce list;
  ListStep step = ListStep::add;
  std::string item;  // remove: which
  std::string value, shown;
  std::int64_t decision = 0;
  std::string owner, reason, note;
  core::TimeMs expires_at = 0;
  std::optional<ListItem> standing;  // of the same value, live
};

// The keyed reference of a card stays out of it: the decision says which card.
std::string change_of(const Step& one) {
  std::string text;
  json::Writer out(text);
  out.begin_object().member("list", one.list.name).member("of", one.list.of);
  out.member("effect", name_of(one.list.effect)).member("step", name_of(one.step));
  out.member("item", one.item).member("value", one.shown).member("decision", one.decision);
  out.member("owner", one.owner).member("reason", one.reason).member("note", one.note);
  out.member("expires_at", one.expires_at == 0 ? std::string() : core::format_time(one.expires_at));
  out.end_object();
  return text;
}

core::Status check_words(std::string_view reason, std::string_view note) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  if (reason.empty() || reason.size() > list_reason_bytes_max || !std::ranges::all_of(reason, plain))
    return core::fail(
        ErrorCode::invalid, "/reason",
        "expected a code of 1 to 64 lower case letters, digits, '_' and '-'; words go into note");
  TRY_STATUS(payment::check_no_digit_run("/reason", reason));
  if (note.size() > list_note_bytes_max) return core::fail(ErrorCode::limit, "/note", "at most 1000 bytes");
  return {};
}

core::Status check_end(const Step& one, core::TimeMs now) {
  if (one.expires_at != 0 && one.expires_at <= now)
    return core::fail(ErrorCode::invalid, "/expires_at", "expected a time to come");
  if (loosens(one.list.effect, ListStep::add) &&
      (one.expires_at == 0 || one.expires_at > now + loosened_ms_max))
    return core::fail(ErrorCode::invalid, "/expires_at",
                      "what loosens ends within 366 days: say when, and renew it then");
  const bool sooner = one.standing && one.expires_at != 0 &&
                      (one.standing->expires_at == 0 || one.expires_at < one.standing->expires_at);
  if (sooner)
    return core::fail(ErrorCode::conflict, "/expires_at",
                      "it is listed already, for longer: take it off, or let it end no earlier");
  return {};
}

core::Status name_value(const ListDesk& desk, const NewItem& wish, Step& one) {
  const bool card = one.list.of.starts_with("card.");
  if (wish.value.empty() == (wish.decision == 0) || (card && wish.decision == 0))
    return core::fail(ErrorCode::invalid, card ? "/decision" : "/value",
                      card ? "a card is named by a decision on it, never by its number"
                           : "expected either a value, or a decision to take it from");
  one.value = one.shown = wish.value;
  one.decision = wish.decision;
  if (wish.decision != 0) {
    TRY(found, desk.decided(wish.decision, one.list.of));
    one.value = std::move(found.value);
    one.shown = std::move(found.shown);
    if (one.value.empty())
      return core::fail(ErrorCode::invalid, "/decision", "this decision has no " + one.list.of);
  }
  if (one.value.size() > list_value_bytes_max)
    return core::fail(ErrorCode::limit, "/value", "at most 128 bytes");
  if (wish.decision == 0 && payment::holds_card_number(one.value))
    return core::fail(ErrorCode::invalid, "/value", "this holds a card number, which never belongs here");
  return {};
}

core::Result<std::optional<ListItem>> standing_of(sql::Connection& connection, std::string_view list,
                                                  std::string_view value) {
  return first(connection.query("select " + std::string(columns) +
                                    " from rulebook_list_item where list = $1 and value = $2"
                                    " and ended_at = 0",
                                {list, value}));
}

core::Result<Step> adding(sql::Connection& connection, const ListDesk& desk, const Author& author,
                          std::string_view list, const NewItem& wish) {
  Step one;
  TRY(found, desk.catalogue.find(connection, list));
  one.list = std::move(found);
  TRY_STATUS(check_words(wish.reason, wish.note));
  TRY_STATUS(name_value(desk, wish, one));
  one.owner = wish.owner.empty() ? author.account : wish.owner;
  TRY(people, connection.query("select 1 from access_account where id = $1 and state = 'active'",
                               {std::string_view(one.owner)}));
  if (people.empty())
    return core::fail(ErrorCode::invalid, "/owner", "there is no such account that is active");
  one.reason = wish.reason;
  one.note = payment::masked_digit_runs(wish.note);
  one.expires_at = wish.expires_at;
  TRY(standing, standing_of(connection, list, one.value));
  if (standing && standing->state(author.now) == "live") one.standing = std::move(standing);
  TRY_STATUS(check_end(one, author.now));
  return one;
}

core::Result<Step> removing(sql::Connection& connection, const ListDesk& desk, const Author& author,
                            std::string_view list, std::string_view id, std::string_view note) {
  Step one;
  one.step = ListStep::remove;
  TRY(item, find_item(connection, list, id));
  if (!item) return core::fail(ErrorCode::not_found, "", "the list has no such item");
  if (item->state(author.now) != "live")
    return core::fail(ErrorCode::conflict, "",
                      "this item is not live: it is " + std::string(item->state(author.now)));
  if (note.empty() || note.size() > list_note_bytes_max)
    return core::fail(ErrorCode::invalid, "/note", "say why, in 1 to 1000 bytes");
  TRY(found, desk.catalogue.find(connection, list));
  one.list = std::move(found);
  one.item = item->id;
  one.value = item->value;
  one.shown = item->shown;
  one.decision = item->decision;
  one.owner = item->owner;
  one.reason = item->reason;
  one.note = payment::masked_digit_runs(note);
  one.expires_at = item->expires_at;
  one.standing = std::move(item);
  return one;
}

core::Result<std::int64_t> tell(sql::Connection& connection, const Author& author, const Step& one,
                                std::string_view item) {
  payment::EntryBuilder entry;
  entry.header.kind = payment::EntryKind::list_change;
  entry.header.flags = payment::flag_event_time_missing;
  entry.set(AttributeId::list_name, Value::of(std::string_view(one.list.name)));
  entry.set(AttributeId::list_value, Value::of(std::string_view(one.value)));
  entry.set(AttributeId::list_action, Value::of(name_of(one.step)));
  if (one.step == ListStep::add) {
    entry.set(AttributeId::list_owner, Value::of(std::string_view(one.owner)));
    entry.set(AttributeId::list_reason, Value::of(std::string_view(one.reason)));
    if (one.expires_at != 0) entry.set(AttributeId::list_expires_at, Value::of(one.expires_at));
  }
  std::string detail;
  json::Writer(detail).begin_object().member("list", one.list.name).member("item", item).end_object();
  const std::string subject = "list:" + one.list.name;
  return relay::append(connection,
                       {.kind = one.step == ListStep::add ? "list.item_added" : "list.item_removed",
                        .actor = author.account,
                        .subject = subject,
                        .detail = detail,
                        .at = author.now,
                        .entry = &entry});
}

struct Ending {
  std::string_view word, by, note;
  core::TimeMs at = 0;
  std::int64_t act = 0;
  std::string_view proposal;
};

core::Status end(sql::Connection& connection, std::string_view id, const Ending& ending) {
  TRY_STATUS(
      connection.execute("update rulebook_list_item set ended_at = $2, end_word = $3, ended_by = $4,"
                         " end_note = $5, end_act = $6, end_proposal = $7 where id = $1",
                         {id, ending.at, ending.word, ending.by, ending.note, ending.act, ending.proposal}));
  return {};
}

core::Status insert(sql::Connection& connection, const ListItem& one) {
  TRY_STATUS(connection.execute(
      "insert into rulebook_list_item (" + std::string(columns) +
          ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, '', '', '', 0, '')",
      {one.id, one.list, one.value, one.shown, one.decision, one.owner, one.reason, one.note, one.expires_at,
       one.made_by, one.made_at, one.act, one.proposal}));
  return {};
}

core::Result<ListChange> put_on(sql::Connection& connection, const access::Parts& parts, const Author& author,
                                const Step& one, std::string_view proposal) {
  ListItem item;
  item.id = registry::make_id("lit", author.now, parts.random);
  TRY(act, tell(connection, author, one, item.id));
  // One that has expired stands in the way too; it ended by itself when its time came.
  TRY(before, standing_of(connection, one.list.name, one.value));
  if (before && before->state(author.now) == "live")
    TRY_STATUS(
        end(connection, before->id, {"replaced", author.account, one.note, author.now, act, proposal}));
  else if (before)
    TRY_STATUS(end(connection, before->id, {"expired", "system", "", before->expires_at, 0, ""}));
  item.list = one.list.name;
  item.value = one.value;
  item.shown = one.shown;
  item.decision = one.decision;
  item.owner = one.owner;
  item.reason = one.reason;
  item.note = one.note;
  item.expires_at = one.expires_at;
  item.made_by = author.account;
  item.made_at = author.now;
  item.act = act;
  item.proposal = proposal;
  TRY_STATUS(insert(connection, item));
  return ListChange{std::nullopt, std::move(item), act};
}

core::Result<ListChange> carry(sql::Connection& connection, const access::Parts& parts, const Author& author,
                               const Step& one, std::string_view proposal) {
  if (one.step == ListStep::add) return put_on(connection, parts, author, one, proposal);
  TRY(act, tell(connection, author, one, one.item));
  TRY_STATUS(end(connection, one.item, {"removed", author.account, one.note, author.now, act, proposal}));
  TRY(item, find_item(connection, one.list.name, one.item));
  CHECK(item.has_value());
  return ListChange{std::nullopt, *std::move(item), act};
}

// By one person, or as a proposal for a second.
core::Result<ListChange> begin(sql::Connection& connection, const ListDesk& desk, const Author& author,
                               const Step& one) {
  if (!loosens(one.list.effect, one.step)) return carry(connection, desk.access, author, one, "");
  const std::string target = "list:" + one.list.name;
  const std::string against = one.standing ? one.standing->id : "none";
  const std::string change = change_of(one);
  const std::string_view why = one.note.empty() ? one.reason : one.note;
  TRY(proposal, access::propose(connection, desk.access, author.account,
                                {proposal_kind, target, against, change, why}, author.now));
  return ListChange{std::move(proposal), {}, 0};
}

core::Result<std::string> member(const json::View& change, std::string_view name) {
  const auto found = change.find(name);
  if (!found) return core::fail(ErrorCode::corrupt, "access_proposal", "lacks " + std::string(name));
  TRY(text, found->as_string());
  return std::string(text);
}

// The wish that a proposal holds, as it would be checked if it came now.
core::Result<Step> proposed(sql::Connection& connection, const ListDesk& desk, const Author& author,
                            const access::Proposal& proposal) {
  json::Reader reader;
  TRY(change, reader.parse(proposal.change));
  TRY(list, member(change, "list"));
  TRY(step, member(change, "step"));
  TRY(note, member(change, "note"));
  TRY(item, member(change, "item"));
  if (step == name_of(ListStep::remove)) return removing(connection, desk, author, list, item, note);
  TRY(value, member(change, "value"));
  TRY(reason, member(change, "reason"));
  TRY(owner, member(change, "owner"));
  TRY(ends, member(change, "expires_at"));
  const auto decision = change.find("decision");
  if (!decision) return core::fail(ErrorCode::corrupt, "access_proposal", "lacks decision");
  TRY(number, decision->as_integer());
  NewItem wish{number == 0 ? std::string_view(value) : "", number, reason, note, 0, owner};
  if (!ends.empty()) {
    const auto at = core::parse_time(ends);
    if (!at) return core::fail(ErrorCode::corrupt, "access_proposal", "holds no time");
    wish.expires_at = *at;
  }
  return adding(connection, desk, author, list, wish);
}

}  // namespace

std::string_view ListItem::state(core::TimeMs now) const {
  if (ended_at != 0) return end_word;
  return expires_at != 0 && expires_at <= now ? "expired" : "live";
}

core::Result<ListChange> add_item(sql::Connection& connection, const ListDesk& desk, const Author& author,
                                  std::string_view list, const NewItem& wish) {
  TRY(one, adding(connection, desk, author, list, wish));
  return begin(connection, desk, author, one);
}

core::Result<ListChange> remove_item(sql::Connection& connection, const ListDesk& desk, const Author& author,
                                     std::string_view list, std::string_view id, std::string_view note) {
  TRY(one, removing(connection, desk, author, list, id, note));
  return begin(connection, desk, author, one);
}

core::Result<ListChange> carry_out(sql::Connection& connection, const ListDesk& desk, const Author& author,
                                   std::string_view id, core::Sabotage sabotage) {
  TRY(proposal, access::find_proposal(connection, id));
  if (!proposal || proposal->kind != proposal_kind)
    return core::fail(ErrorCode::not_found, "", "there is no such proposal about a list");
  TRY(one, proposed(connection, desk, author, *proposal));
  const std::string target = "list:" + one.list.name;
  const std::string against = one.standing ? one.standing->id : "none";
  const std::string change = change_of(one);
  TRY_STATUS(access::consume(connection, author.account, id, {proposal_kind, target, against, change, ""},
                             author.now, sabotage));
  return carry(connection, desk.access, author, one, id);
}

core::Result<std::vector<ListItem>> list_items(sql::Connection& connection, const ItemFilter& filter,
                                               std::string_view before, std::size_t count, core::TimeMs now) {
  // Bound values only; the words are ours. With `value` and without have indexes of their own.
  std::string text = "select " + std::string(columns) + " from rulebook_list_item where list = $1";
  text += filter.value.empty() ? " and $2 = ''" : " and value = $2";
  text += filter.ended_too ? " and $3 = $3" : " and ended_at = 0 and (expires_at = 0 or expires_at > $3)";
  text += before.empty() ? " and $4 = ''" : " and id < $4";
  text += " order by id desc limit $5";
  TRY(rows,
      connection.query(text, {filter.list, filter.value, now, before, static_cast<std::int64_t>(count)}));
  std::vector<ListItem> found;
  for (std::size_t i = 0; i < rows.size(); ++i) found.push_back(read(rows[i]));
  return found;
}

core::Result<std::optional<ListItem>> find_item(sql::Connection& connection, std::string_view list,
                                                std::string_view id) {
  return first(connection.query(
      "select " + std::string(columns) + " from rulebook_list_item where list = $1 and id = $2", {list, id}));
}

core::Result<std::int64_t> count_items(sql::Connection& connection, std::string_view list, std::int64_t most,
                                       core::TimeMs now) {
  TRY(rows, connection.query("select count(*) from (select 1 from rulebook_list_item where list = $1"
                             " and ended_at = 0 and (expires_at = 0 or expires_at > $2) limit $3) live",
                             {list, now, most}));
  return rows[0].integer(0);
}

}  // namespace tillwatch::rulebook
