#include "yaml/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <sstream>

#include "json/utf8.h"
#include "yaml/alignment.h"

namespace tillwatch::yaml {
namespace {

using core::ErrorCode;

constexpr std::size_t text_bytes_max = 1024 * 1024;
constexpr int depth_max = 64;
constexpr std::size_t nodes_max = 200'000;
constexpr std::size_t scalar_bytes_max = 8 * 1024 * 1024;  // of all scalars, aliases expanded

struct Conversion {
  std::string file;
  std::string_view text;
  std::size_t nodes = 0;
  std::size_t scalar_bytes = 0;
  core::Error error;

  // The parser counts bytes; people count characters. (Of very long lines, bytes: no line is read twice.)
  Place place_of(const YAML::Mark& mark) const {
    Place place{file, mark.line + 1, mark.column + 1};
    constexpr int counted_max = 4096;
    const auto end = std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text.size());
    if (mark.column < 0 || mark.column > counted_max || static_cast<std::size_t>(mark.column) > end)
      return place;
    for (std::size_t at = end - static_cast<std::size_t>(mark.column); at < end; ++at)
      if ((static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) --place.column;
    return place;
  }
  bool fail(ErrorCode code, const YAML::Mark& mark, std::string detail) {
    error = core::Error{code, place_of(mark).to_string(), std::move(detail)};
    return false;
  }
  bool convert(const YAML::Node& from, Node& to, int depth) {
    if (depth > depth_max)
      return fail(ErrorCode::limit, from.Mark(), "the file is nested more than 64 levels deep");
    if (++nodes > nodes_max)
      return fail(ErrorCode::limit, from.Mark(),
                  "the file has more than 200,000 nodes; are aliases repeated?");
    to.place = place_of(from.Mark());
    switch (from.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null:
        to.kind = Node::Kind::null;
        return true;
      case YAML::NodeType::Scalar:
        to.kind = Node::Kind::scalar;
        scalar_bytes += from.Scalar().size();
        if (scalar_bytes > scalar_bytes_max)
          return fail(ErrorCode::limit, from.Mark(),
                      "the texts come to more than 8 MiB; are aliases repeated?");
        to.scalar = from.Scalar();
        to.quoted = from.Tag() == "!";
        // yaml-cpp lets the end of the file close a quote.
        if (to.quoted && !closed(static_cast<std::size_t>(from.Mark().pos)))
          return fail(ErrorCode::invalid, from.Mark(),
                      "the quote that opens here is never closed; end the text with the same quote");
        to.continued = align(text, static_cast<std::size_t>(from.Mark().pos), to.scalar, to.place);
        return true;
      case YAML::NodeType::Sequence:
        to.kind = Node::Kind::sequence;
        for (const auto& item : from) {
          to.items.emplace_back();
          if (!convert(item, to.items.back(), depth + 1)) return false;
        }
        return true;
      case YAML::NodeType::Map:
        return convert_mapping(from, to, depth);
    }
    return true;
  }
  // Whether the quote at this offset, if there is one, has its partner.
  bool closed(std::size_t at) const {
    if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) return true;
    const char quote = text[at++];
    for (; at < text.size(); ++at) {
      if (quote == '"' && text[at] == '\\')
        ++at;
      else if (text[at] == quote)
        return true;
    }
    return false;
  }
  bool convert_mapping(const YAML::Node& from, Node& to, int depth) {
    to.kind = Node::Kind::mapping;
    for (const auto& member : from) {
      Node key, value;
      if (!convert(member.first, key, depth + 1) || !convert(member.second, value, depth + 1)) return false;
      if (!key.is_scalar())
        return fail(ErrorCode::invalid, member.first.Mark(), "a key must be a plain name");
      if (to.find(key.scalar) != nullptr)
        return fail(ErrorCode::invalid, member.first.Mark(),
                    fmt::format("'{}' stands twice; keep one", key.scalar));
      if (value.kind == Node::Kind::null) value.place = key.place;
      to.members.push_back({std::move(key), std::move(value)});
    }
    return true;
  }
};

std::string_view line_of(std::string_view text, int number) {
  for (int i = 0; i < number && !text.empty(); ++i) {
    const std::size_t end = text.find('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return text.substr(0, text.find('\n'));
}

// U+FF1A where the colon after a name belongs; inside a text it is welcome.
bool has_wide_colon(std::string_view line) {
  const std::size_t wide = line.find("\xef\xbc\x9a");
  return wide != std::string_view::npos && wide < line.find(':');
}

// The parser's own messages are for those who know its grammar.
std::string explain(const std::string& message, std::string_view line, std::string_view above) {
  if (has_wide_colon(line) || has_wide_colon(above))
    return "a full-width colon (\xef\xbc\x9a) stands in this line or in the one above; write the half-width "
           "one, and a "
           "space after it";
  if (message.find("flow") != std::string::npos)
    return "something in { } or [ ] is not as it should be; put texts with : or , into double quotes, and "
           "close "
           "every bracket";
  if (message.find("end of map") != std::string::npos || message.find("end of sequence") != std::string::npos)
    return "this line stands at no level of what is above it; give it as many spaces as its neighbours";
  if (message.find("illegal map value") != std::string::npos)
    return "there is a second ': ' in this line, or the line is indented too far; put the text into double "
           "quotes, or give it as many spaces as its neighbours";
  return "this is not YAML: " + message +
         "; look at the quotes, colons and spaces of this line and the one above";
}

// Where the documents of a file begin. (YAML::LoadAll does not end where a bracket stands between documents.)
class DocumentStarts final : public YAML::EventHandler {
 public:
  std::vector<YAML::Mark> starts;
  void OnDocumentStart(const YAML::Mark& mark) override { starts.push_back(mark); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}
};

core::Status check_one_document(std::string_view text, std::string_view file) {
  std::istringstream input{std::string(text)};
  YAML::Parser parser(input);
  DocumentStarts documents;
  if (!parser.HandleNextDocument(documents) || !parser.HandleNextDocument(documents)) return {};
  const YAML::Mark mark = documents.starts.size() < 2 ? YAML::Mark() : documents.starts[1];
  const auto at = static_cast<std::size_t>(std::max(mark.pos, 0));
  const std::string place = Place{std::string(file), mark.line + 1, mark.column + 1}.to_string();
  if (at < text.size() && (text[at] == '}' || text[at] == ']' || text[at] == ','))
    return core::fail(
        ErrorCode::invalid, place,
        "a bracket or comma stands here that belongs to nothing; remove it, or put the text before "
        "it into double quotes");
  return core::fail(ErrorCode::invalid, place, "the file holds several documents ('---'); split it");
}

// Why a text must not hold the character that `rest` begins with; "" where it may.
std::string fault_of(std::string_view rest, bool indentation) {
  const char c = rest.front();
  if (json::utf8_length(rest) == 0)
    return "a byte here is not UTF-8; save the file as UTF-8 (iconv -f GB18030 -t UTF-8, where it comes from "
           "a "
           "Chinese system)";
  // yaml-cpp's own message is about a missing indicator; newcomers need the word "tab".
  if (c == '\t' && indentation)
    return "a tab stands in the indentation; YAML wants spaces: write two for each level";
  if ((c >= '\0' && c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == '\x7f')
    return fmt::format("a control character (U+{:04X}) stands here; remove it", static_cast<int>(c));
  return {};
}

core::Status check_characters(std::string_view text, std::string_view file) {
  Place place{std::string(file), 1, 1};
  bool indentation = true;
  while (!text.empty()) {
    const std::string fault = fault_of(text, indentation);
    if (!fault.empty()) return core::fail(ErrorCode::invalid, place.to_string(), fault);
    const bool line_ends = text.front() == '\n';
    indentation = line_ends || (indentation && text.front() == ' ');
    place.line += line_ends ? 1 : 0;
    place.column = line_ends ? 1 : place.column + 1;
    text.remove_prefix(json::utf8_length(text));
  }
  return {};
}

}  // namespace

std::string Place::to_string() const {
  return fmt::format("{}:{}:{}", file, line, column);
}

const Node* Node::find(std::string_view key) const {
  if (kind != Kind::mapping) return nullptr;
  const auto at = std::ranges::find_if(members, [&](const auto& member) { return member.key.scalar == key; });
  return at == members.end() ? nullptr : &at->value;
}

core::Result<Node> parse(std::string_view text, std::string_view file) {
  if (text.size() > text_bytes_max)
    return core::fail(ErrorCode::limit, std::string(file), "the file is larger than 1 MiB");
  TRY_STATUS(check_characters(text, file));
  try {
    TRY_STATUS(check_one_document(text, file));
    const YAML::Node document = YAML::Load(std::string(text));
    Node root;
    root.place = {std::string(file), 1, 1};
    if (document.IsNull()) return root;
    Conversion conversion{
        .file = std::string(file), .text = text, .nodes = 0, .scalar_bytes = 0, .error = {}};
    if (!conversion.convert(document, root, 0)) return std::unexpected(conversion.error);
    return root;
  } catch (const YAML::Exception& error) {
    return core::fail(ErrorCode::invalid,
                      Place{std::string(file), error.mark.line + 1, error.mark.column + 1}.to_string(),
                      explain(error.msg, line_of(text, error.mark.line), line_of(text, error.mark.line - 1)));
  }
}

bool as_integer(const Node& node, std::int64_t& out) {
  if (!node.is_scalar() || node.quoted || node.scalar.empty()) return false;
  const char* begin = node.scalar.data() + (node.scalar[0] == '+' ? 1 : 0);
  const char* end = node.scalar.data() + node.scalar.size();
  const auto [at, code] = std::from_chars(begin, end, out);
  return code == std::errc() && at == end;
}

bool as_decimal(const Node& node, double& out) {
  if (!node.is_scalar() || node.quoted || node.scalar.empty()) return false;
  const char* end = node.scalar.data() + node.scalar.size();
  const auto [at, code] = std::from_chars(node.scalar.data(), end, out);
  return code == std::errc() && at == end && out - out == 0;
}

bool as_boolean(const Node& node, bool& out) {
  if (!node.is_scalar() || node.quoted) return false;
  if (node.scalar != "true" && node.scalar != "false") return false;
  out = node.scalar == "true";
  return true;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  std::vector<std::size_t> row;
  for (const std::string& candidate : candidates) {
    row.resize(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < word.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i + 1;
      for (std::size_t j = 0; j < candidate.size(); ++j) {
        const std::size_t replace = diagonal + (word[i] == candidate[j] ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = std::min({replace, row[j] + 1, row[j + 1] + 1});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace tillwatch::yaml
