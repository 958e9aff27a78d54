#include "yaml/layout.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace tillwatch::yaml {
namespace {

using Lines = std::vector<std::string>;

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(std::move(line));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::size_t indent_of(const std::string& line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first == std::string::npos ? line.size() : first;
}

bool blank(const std::string& line) {
  return line.find_first_not_of(" \t") == std::string::npos;
}

void trim_end(std::string& line) {
  line.erase(line.find_last_not_of(" \t") + 1);
}

// Byte offset of code point `column` (from 1).
std::size_t offset_of(const std::string& line, int column) {
  std::size_t at = 0;
  for (int left = column - 1; at < line.size(); ++at) {
    if ((static_cast<unsigned char>(line[at]) & 0xc0) == 0x80) continue;
    if (left-- == 0) break;
  }
  return at;
}

// What the tree says about lines: how deep those lie that begin something, and where flow begins.
class Structure {
 public:
  Structure(const Lines& lines, const Node& root) : lines_(lines) { visit(root, 0); }

  // Lines (from 0) that begin a member or an item, with their new indentation.
  std::map<std::size_t, std::size_t> indents;
  // Where a flow collection begins in a line: byte offsets.
  std::map<std::size_t, std::set<std::size_t>> flows;
  std::set<std::size_t> blocks;  // lines whose value is a block scalar

 private:
  bool begins_with(const Node& node, std::string_view signs) const {
    const auto line = static_cast<std::size_t>(node.place.line - 1);
    if (line >= lines_.size()) return false;
    const std::size_t at = offset_of(lines_[line], node.place.column);
    return at < lines_[line].size() && signs.find(lines_[line][at]) != std::string_view::npos;
  }
  bool is_flow(const Node& node) {
    if (node.kind != Node::Kind::mapping && node.kind != Node::Kind::sequence) return false;
    if (!begins_with(node, "{[")) return false;
    const auto line = static_cast<std::size_t>(node.place.line - 1);
    flows[line].insert(offset_of(lines_[line], node.place.column));
    return true;
  }
  // Marks the line of this place, if the place (or a dash before it) is what the line begins with.
  void mark(const Place& place, std::size_t indent) {
    const auto line = static_cast<std::size_t>(place.line - 1);
    if (line < lines_.size()) indents.try_emplace(line, indent);
  }
  void visit(const Node& node, std::size_t indent) {
    if (node.kind == Node::Kind::scalar && node.quoted && begins_with(node, ">|"))
      blocks.insert(static_cast<std::size_t>(node.place.line - 1));
    if (is_flow(node)) return;
    for (const Node& item : node.items) {
      mark(item.place, indent);
      visit(item, indent + 2);
    }
    for (const Member& member : node.members) {
      mark(member.key.place, indent);
      // The items of a list stand deeper than its name.
      visit(member.value, indent + 2);
    }
  }

  const Lines& lines_;
};

// The rest of a line from `at` on, which is inside flow at `depth`; spaces as they should be. False where a
// quote stays open.
class Spacing {
 public:
  explicit Spacing(const std::set<std::size_t>* flows) : flows_(flows) {}
  std::string line(const std::string& from, int& depth, char& quote) {
    std::string to;
    for (std::size_t i = 0; i < from.size(); ++i) {
      const char c = from[i];
      if (quote != 0) {
        to += c;
        if (quote == '"' && c == '\\' && i + 1 < from.size())
          to += from[++i];
        else if (c == quote)
          quote = 0;
        continue;
      }
      if (c == '#' && (i == 0 || from[i - 1] == ' ' || from[i - 1] == '\t')) return to + from.substr(i);
      const bool begins = flows_ != nullptr && flows_->contains(i);
      if (depth == 0 && !begins) {
        // Outside flow a quote counts where a value begins.
        if ((c == '"' || c == '\'') && value_begins(from, i)) quote = c;
        to += c;
        continue;
      }
      inside(from, i, c, to, depth, quote);
    }
    return to;
  }

 private:
  static bool value_begins(const std::string& text, std::size_t at) {
    const std::size_t before = at == 0 ? std::string::npos : text.find_last_not_of(" ", at - 1);
    if (before == std::string::npos) return true;
    return (text[before] == ':' || text[before] == '-') && before + 1 < at;
  }
  static void inside(const std::string& from, std::size_t& i, char c, std::string& to, int& depth,
                     char& quote) {
    const auto drop_spaces = [&to] {
      if (to.find_first_not_of(' ') != std::string::npos) trim_end(to);
    };
    const auto skip_spaces = [&] {
      while (i + 1 < from.size() && from[i + 1] == ' ') ++i;
    };
    const char last =
        to.empty() ? ' ' : to[to.find_last_not_of(' ') == std::string::npos ? 0 : to.find_last_not_of(' ')];
    if ((c == '"' || c == '\'') &&
        (last == ':' || last == ',' || last == '{' || last == '[' || last == ' ')) {
      quote = c;
      to += c;
    } else if (c == '{' || c == '[') {
      ++depth;
      to += c;
      skip_spaces();
    } else if (c == '}' || c == ']') {
      --depth;
      drop_spaces();
      to += c;
    } else if (c == ',') {
      drop_spaces();
      to += c;
      skip_spaces();
      if (i + 1 < from.size()) to += ' ';
    } else if (c == ':' && i + 1 < from.size() && from[i + 1] == ' ') {
      to += ": ";
      skip_spaces();
    } else {
      to += c;
    }
  }

  const std::set<std::size_t>* flows_;
};

class Layout {
 public:
  Layout(Lines lines, const Node& root) : lines_(std::move(lines)), structure_(lines_, root) {}

  std::string run(bool spacing) {
    spacing_ = spacing;
    for (std::size_t i = 0; i < lines_.size();) {
      if (blank(lines_[i])) {
        if (!out_.empty() && !out_.back().empty()) out_.emplace_back();
        ++i;
      } else if (lines_[i][indent_of(lines_[i])] == '#' && depth_ == 0) {
        remark(i++);
      } else {
        i = entry(i);
      }
    }
    while (!out_.empty() && out_.back().empty()) out_.pop_back();
    std::string text;
    for (const std::string& line : out_) text += line + "\n";
    return text;
  }

 private:
  // A remark stands as deep as what it is about: what follows it.
  void remark(std::size_t at) {
    std::string text = lines_[at].substr(indent_of(lines_[at]));
    trim_end(text);
    auto next = structure_.indents.upper_bound(at);
    std::size_t indent = next == structure_.indents.end() ? 0 : next->second;
    // A remark less deep than that belongs to what ended; at the margin it stays there.
    if (indent_of(lines_[at]) == 0) indent = 0;
    out_.push_back(std::string(indent, ' ') + text);
  }

  // A line that begins something, and those that belong to it. Returns the line after.
  std::size_t entry(std::size_t at) {
    const auto known = structure_.indents.find(at);
    const std::size_t indent = known == structure_.indents.end() ? last_indent_ : known->second;
    last_indent_ = indent;
    const std::size_t before = indent_of(lines_[at]);
    push(at, indent);
    std::size_t end = at + 1;
    int depth = depth_;
    char quote = quote_;
    while (end < lines_.size() && !structure_.indents.contains(end) && belongs(at, end, before, depth, quote))
      Spacing(nullptr).line(lines_[end++], depth, quote);
    while (end > at + 1 && blank(lines_[end - 1])) --end;
    continuation(at, end, indent);
    return end;
  }

  // Whether a line goes on with what began at line `at`, whose flow and quote are still open as said.
  bool belongs(std::size_t at, std::size_t line, std::size_t before, int depth, char quote) const {
    if (blank(lines_[line])) return true;
    if (structure_.blocks.contains(at)) return indent_of(lines_[line]) > before;
    return lines_[line][indent_of(lines_[line])] != '#' || depth > 0 || quote != 0;
  }

  void continuation(std::size_t at, std::size_t end, std::size_t indent) {
    std::size_t least = std::string::npos;
    for (std::size_t i = at + 1; i < end; ++i)
      if (!blank(lines_[i])) least = std::min(least, indent_of(lines_[i]));
    const bool block = structure_.blocks.contains(at);
    const std::string& head = lines_[at];
    const bool dashed = head.substr(indent_of(head)).starts_with("- ");
    const std::size_t deep = indent + 2 + (dashed && depth_ > 0 ? 1 : dashed && block ? 2 : 0);
    for (std::size_t i = at + 1; i < end; ++i) {
      if (blank(lines_[i])) {
        out_.emplace_back();
      } else if (block) {
        out_.push_back(std::string(deep, ' ') + lines_[i].substr(least));
      } else {
        push(i, deep);
      }
    }
  }

  void push(std::size_t at, std::size_t indent) {
    const auto flows = structure_.flows.find(at);
    std::string line = lines_[at];
    if (spacing_)
      line = Spacing(flows == structure_.flows.end() ? nullptr : &flows->second).line(line, depth_, quote_);
    line = line.substr(indent_of(line));
    if (line.starts_with("- ") && line.find_first_not_of(' ', 1) != std::string::npos)
      line = "- " + line.substr(line.find_first_not_of(' ', 1));
    if (!structure_.blocks.contains(at)) trim_end(line);
    trim_end(line);
    out_.push_back(std::string(indent, ' ') + line);
  }

  Lines lines_;
  Structure structure_;
  Lines out_;
  bool spacing_ = true;
  int depth_ = 0;
  char quote_ = 0;
  std::size_t last_indent_ = 0;
};

// `text` in layout, where that says the same.
std::optional<std::string> attempt(const std::string& text, std::string_view file, const Node& root,
                                   bool spacing) {
  std::string laid = Layout(split(text), root).run(spacing);
  const auto again = parse(laid, file);
  if (!again || !same(root, *again)) return std::nullopt;
  return laid;
}

}  // namespace

bool same(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.quoted != b.quoted || a.scalar != b.scalar) return false;
  if (a.items.size() != b.items.size() || a.members.size() != b.members.size()) return false;
  for (std::size_t i = 0; i < a.items.size(); ++i)
    if (!same(a.items[i], b.items[i])) return false;
  for (std::size_t i = 0; i < a.members.size(); ++i)
    if (!same(a.members[i].key, b.members[i].key) || !same(a.members[i].value, b.members[i].value))
      return false;
  return true;
}

core::Result<std::string> lay_out(std::string_view text, std::string_view file) {
  TRY(root, parse(text, file));
  for (const bool spacing : {true, false}) {
    std::optional<std::string> laid = attempt(std::string(text), file, root, spacing);
    // A second pass must find nothing to do.
    for (int pass = 0; laid && pass < 3; ++pass) {
      const auto tree = parse(*laid, file);
      std::optional<std::string> next = tree ? attempt(*laid, file, *tree, spacing) : std::nullopt;
      if (next && *next == *laid) return *laid;
      laid = std::move(next);
    }
  }
  return core::fail(
      core::ErrorCode::unsupported, std::string(file) + ":1:1",
      "this file cannot be laid out without changing what it says; write it in plain block style");
}

}  // namespace tillwatch::yaml
