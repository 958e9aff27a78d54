#include "registry/search.h"

#include <algorithm>
#include <set>

#include "json/utf8.h"

namespace tillwatch::registry {
namespace {

using sql::Octets;
using sql::Parameter;

constexpr std::size_t tails_max = 40;  // of one name
constexpr std::size_t query_bytes_max = 100;

struct Key {
  std::string key;
  std::string_view form;
  friend auto operator<=>(const Key&, const Key&) = default;
};

// ASCII letters in one case, blanks gone: 福源 便利店 is found as 福源便利店.
std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

void add_name(std::set<Key>& keys, std::string_view name) {
  const std::string whole = folded(name);
  std::string_view rest = whole;
  for (std::size_t count = 0; !rest.empty() && count < tails_max; ++count) {
    keys.insert({std::string(rest), "name"});
    rest.remove_prefix(std::max<std::size_t>(1, json::utf8_length(rest)));
  }
}

void add(std::set<Key>& keys, std::string_view form, std::string_view text) {
  if (!text.empty()) keys.insert({folded(text), form});
}

std::set<Key> keys_of(const Record& record) {
  std::set<Key> keys;
  if (record.entity != Entity::terminal) add(keys, "id", record.id);
  switch (record.entity) {
    case Entity::agent:
      add_name(keys, record.text("name"));
      add(keys, "code", record.text("code"));
      add(keys, "filing_number", record.text("filing_number"));
      break;
    case Entity::rep:
      add(keys, "code", record.text("code"));
      break;
    case Entity::merchant:
      add_name(keys, record.text("name"));
      add_name(keys, record.text("short_name"));
      add(keys, "uscc", record.text("uscc"));
      for (const ChannelNumber& number : record.numbers) add(keys, "number", number.number);
      break;
    case Entity::terminal:
      add(keys, "serial", record.id);
      if (record.id.size() > 6)
        add(keys, "last_six", std::string_view(record.id).substr(record.id.size() - 6));
      add(keys, "tid", record.text("tid"));
      add(keys, "tusn", record.text("tusn"));
      break;
    case Entity::channel:
      add_name(keys, record.text("name"));
      break;
    case Entity::account:
    case Entity::person:
      break;
  }
  return keys;
}

Parameter owner_of(const Record& record) {
  return record.owner().empty() ? Parameter(std::monostate()) : Parameter(record.owner());
}

// The first key that does not begin so; never empty, because 0xff is no byte of UTF-8.
std::string past(std::string_view prefix) {
  return std::string(prefix) + "\xff";
}

class Finder {
 public:
  explicit Finder(std::size_t count) : count_(count) {}
  bool full() const { return found_.size() >= count_; }
  void take(const sql::Row& row) {
    const std::optional<Entity> entity = find_entity(row.text(0));
    if (!entity || full()) return;
    if (!seen_.insert(std::string(row.text(0)) + "/" + std::string(row.text(1))).second) return;
    found_.push_back({*entity, std::string(row.text(1)), std::string(row.text(2))});
  }
  core::Status run(sql::Connection& connection, const std::string& statement,
                   const std::vector<Parameter>& parameters) {
    return connection.each(statement, parameters, [&](const sql::Row& row) {
      take(row);
      return !full();
    });
  }
  std::vector<Found> found() && { return std::move(found_); }

 private:
  std::size_t count_;
  std::set<std::string> seen_;
  std::vector<Found> found_;
};

}  // namespace

core::Status index(sql::Connection& connection, const Vault& vault, const Record& record) {
  const std::string_view entity = record.shape().name;
  TRY_STATUS(connection.execute("delete from registry_key where entity = $1 and id = $2",
                                {entity, std::string_view(record.id)}));
  TRY_STATUS(connection.execute("delete from registry_tag where entity = $1 and id = $2",
                                {entity, std::string_view(record.id)}));
  for (const Key& key : keys_of(record))
    TRY_STATUS(connection.execute(
        "insert into registry_key (key, form, entity, id, agent) values ($1, $2, $3, $4, $5)",
        {Octets{key.key}, key.form, entity, std::string_view(record.id), owner_of(record)}));
  for (std::size_t i = 0; i < record.values.size(); ++i) {
    const Field& field = record.shape().fields[i];
    if (field.type != FieldType::personal || empty(record.values[i])) continue;
    for (const Tag& tag : vault.tags_of(field.personal, text_of(record.values[i])))
      TRY_STATUS(connection.execute(
          "insert into registry_tag (tag, entity, id, field, form, agent) values ($1, $2, $3, $4, $5, $6)",
          {std::string_view(tag.tag), entity, std::string_view(record.id), field.name, tag.form,
           owner_of(record)}));
  }
  return {};
}

core::Result<std::vector<Found>> search(sql::Connection& connection, const Vault& vault, const Scope& scope,
                                        std::string_view text, bool personal, std::size_t count) {
  const std::string wanted = folded(text.substr(0, query_bytes_max));
  Finder finder(count);
  if (wanted.empty()) return std::move(finder).found();
  const auto limit = [&](std::vector<Parameter>& parameters) {
    parameters.emplace_back(static_cast<std::int64_t>(4 * count));
    return " limit $" + std::to_string(parameters.size());
  };
  // Channels belong to nobody: who sees a part sees them all.
  const auto condition = [&](std::vector<Parameter>& parameters) {
    const std::string within = scope.condition("agent", parameters);
    return within.empty() ? within : " and (entity = 'channel' or (1 = 1" + within + "))";
  };
  std::vector<Parameter> same{Octets{wanted}};
  std::string statement = "select entity, id, form from registry_key where key = $1" + condition(same);
  statement += " order by form, entity, id" + limit(same);
  TRY_STATUS(finder.run(connection, statement, same));
  for (const Personal kind :
       {Personal::phone, Personal::identity_number, Personal::account_number, Personal::name}) {
    if (!personal) break;
    for (const std::string& tag : vault.wanted(kind, text)) {
      std::vector<Parameter> parameters{std::string_view(tag)};
      statement = "select entity, id, field from registry_tag where tag = $1" + condition(parameters);
      statement += " order by entity, id" + limit(parameters);
      TRY_STATUS(finder.run(connection, statement, parameters));
    }
  }
  const std::string end = past(wanted);
  std::vector<Parameter> longer{Octets{wanted}, Octets{end}};
  statement = "select entity, id, form from registry_key where key > $1 and key < $2" + condition(longer);
  statement += " order by key, form, entity, id" + limit(longer);
  TRY_STATUS(finder.run(connection, statement, longer));
  return std::move(finder).found();
}

}  // namespace tillwatch::registry
