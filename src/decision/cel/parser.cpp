// Tokens to tree by precedence climbing. After a fault it goes on with the next argument or operator, so that
// one run finds several faults. Called by compile().
#include "cel/parser.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "cel/lexer.h"
#include "cel/macros.h"
#include "cel/number_text.h"

namespace tillwatch::cel {
namespace {

constexpr std::array<std::string_view, 17> reserved = {
    "as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
    "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};

struct Binary {
  std::string_view symbol;
  int level;
  std::string_view function;
};
// Levels: 1 ||, 2 &&, 3 relations, 4 sums, 5 products.
constexpr std::array<Binary, 14> binaries = {{{"||", 1, "_||_"},
                                              {"&&", 2, "_&&_"},
                                              {"==", 3, "_==_"},
                                              {"!=", 3, "_!=_"},
                                              {"<", 3, "_<_"},
                                              {"<=", 3, "_<=_"},
                                              {">", 3, "_>_"},
                                              {">=", 3, "_>=_"},
                                              {"in", 3, "_in_"},
                                              {"+", 4, "_+_"},
                                              {"-", 4, "_-_"},
                                              {"*", 5, "_*_"},
                                              {"/", 5, "_/_"},
                                              {"%", 5, "_%_"}}};

std::string show(const Token& token) {
  switch (token.kind) {
    case TokenKind::end:
      return "the end of the text";
    case TokenKind::text:
      return "a text";
    case TokenKind::bytes:
      return "bytes";
    default:
      return "'" + token.text + "'";
  }
}

class Parser {
 public:
  Parser(std::vector<Token> tokens, const Bounds& bounds, FaultList& faults)
      : tokens_(std::move(tokens)), bounds_(bounds), faults_(faults) {}

  Tree run() {
    tree_.root = expression();
    // What is left over is read too, for its faults only.
    while (!stopped_ && !is_end() && !faults_.full()) {
      unexpected("an operator");
      const bool opens = is_symbol("(") || is_symbol("[") || is_symbol("{") || is_symbol("!");
      const bool bad = token().kind == TokenKind::bad;
      if (bad || (token().kind == TokenKind::symbol && !opens)) advance();
      if (!is_end()) expression();
    }
    return std::move(tree_);
  }

 private:
  const Token& token(std::size_t ahead = 0) const {
    return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
  }
  bool is_end() const { return token().kind == TokenKind::end; }
  void advance() {
    if (!is_end()) ++next_;
  }
  bool is_symbol(std::string_view text, std::size_t ahead = 0) const {
    return token(ahead).kind == TokenKind::symbol && token(ahead).text == text;
  }
  bool is_word(std::string_view text) const {
    return token().kind == TokenKind::identifier && token().text == text;
  }
  bool eat(std::string_view symbol) {
    if (!is_symbol(symbol)) return false;
    advance();
    return true;
  }

  void unexpected(std::string_view wanted) {
    if (token().kind == TokenKind::bad) return;
    std::string hint;
    if (is_word("and") || is_word("AND")) hint = "write &&";
    if (is_word("or") || is_word("OR")) hint = "write ||";
    if (is_word("if") || is_word("else") || is_word("then")) hint = "write condition ? this : that";
    if (is_symbol(">") && next_ > 0 && tokens_[next_ - 1].text == "<") hint = "write != for 'is not equal'";
    if (token().kind == TokenKind::text && next_ > 0 && tokens_[next_ - 1].kind == TokenKind::text)
      hint = "join texts with +; inside quotes write \\\" for a quote";
    faults_.add(token().at, "expected " + std::string(wanted) + ", found " + show(token()), hint);
  }
  // Closes a bracket; where it is missing, skips to it over balanced brackets, or leaves the text where it
  // is.
  void close(std::string_view symbol, std::uint32_t opened_at) {
    if (eat(symbol)) return;
    if (is_end()) {
      if (stopped_) return;  // the rest was not read: nothing is known of its brackets
      faults_.add(opened_at, "this bracket is never closed", "add '" + std::string(symbol) + "'");
      return;
    }
    unexpected("',' or '" + std::string(symbol) + "'");
    int depth = 0;
    while (!is_end()) {
      if (is_symbol("(") || is_symbol("[") || is_symbol("{")) ++depth;
      const bool closing = is_symbol(")") || is_symbol("]") || is_symbol("}");
      if (closing && depth == 0) break;
      if (closing) --depth;
      advance();
    }
    eat(symbol);
  }

  NodeId add(Node node) {
    for (const NodeId child : node.children) node.depth = std::max(node.depth, tree_.at(child).depth + 1);
    if (node.depth > bounds_.nesting_max) too_deep(node.at);
    tree_.nodes.push_back(std::move(node));
    return static_cast<NodeId>(tree_.nodes.size() - 1);
  }
  NodeId invalid(std::uint32_t at) { return add(Node{.kind = NodeKind::invalid, .at = at}); }
  void too_deep(std::uint32_t at) {
    if (!stopped_)
      faults_.add(at,
                  "the expression is nested deeper than " + std::to_string(bounds_.nesting_max) + " levels",
                  "split it, for instance into derived values");
    stopped_ = true;
    next_ = tokens_.size() - 1;
  }

  NodeId expression() {
    if (++recursion_ > bounds_.nesting_max) too_deep(token().at);
    const NodeId result = conditional();
    --recursion_;
    return result;
  }

  NodeId conditional() {
    const NodeId condition = binary(1);
    const std::uint32_t at = token().at;
    if (!eat("?")) return condition;
    const NodeId yes = binary(1);
    if (!eat(":")) {
      unexpected("':' of the choice a ? b : c");
      return invalid(at);
    }
    const NodeId no = expression();
    return add(Node{.kind = NodeKind::conditional, .at = at, .children = {condition, yes, no}});
  }

  const Binary* operator_here() {
    std::string_view text = token().text;
    if (token().kind == TokenKind::identifier) {
      const bool both = text == "and" || text == "AND";
      if (both || text == "or" || text == "OR") {
        unexpected("an operator");
        text = both ? "&&" : "||";
      } else if (text != "in") {
        return nullptr;
      }
    } else if (token().kind != TokenKind::symbol) {
      return nullptr;
    }
    for (const Binary& binary : binaries)
      if (binary.symbol == text) return &binary;
    return nullptr;
  }

  NodeId binary(int level) {
    NodeId left = unary();
    while (!stopped_) {
      const Binary* found = operator_here();
      if (found == nullptr || found->level < level) return left;
      const std::uint32_t at = token().at;
      advance();
      const NodeId right = binary(found->level + 1);
      left = found->level <= 2 ? logical(*found, at, left, right)
                               : add(Node{.kind = NodeKind::call,
                                          .at = at,
                                          .text = std::string(found->function),
                                          .children = {left, right}});
    }
    return left;
  }

  // Chains of && and of || are one node, so that a long rule is not a deep tree.
  NodeId logical(const Binary& found, std::uint32_t at, NodeId left, NodeId right) {
    const NodeKind kind = found.level == 1 ? NodeKind::any_of : NodeKind::all_of;
    if (tree_.at(left).kind != kind || parenthesized_ == left)
      return add(Node{.kind = kind, .at = at, .children = {left, right}});
    Node& chain = tree_.at(left);
    chain.children.push_back(right);
    chain.depth = std::max(chain.depth, tree_.at(right).depth + 1);
    if (chain.depth > bounds_.nesting_max) too_deep(at);
    return left;
  }

  NodeId unary() {
    const std::uint32_t at = token().at;
    const bool minus = is_symbol("-");
    if (!minus && !is_symbol("!")) {
      if (is_word("not") && token(1).kind == TokenKind::identifier) {
        faults_.add(at, "'not' is not an operator", "write !");
        advance();
      }
      return member();
    }
    const bool number = token(1).kind == TokenKind::integer || token(1).kind == TokenKind::real;
    if (minus && number) return member();
    advance();
    if (++recursion_ > bounds_.nesting_max) too_deep(at);
    const NodeId operand = unary();
    --recursion_;
    return add(Node{.kind = NodeKind::call, .at = at, .text = minus ? "-_" : "!_", .children = {operand}});
  }

  NodeId member() {
    NodeId left = primary();
    while (!stopped_) {
      const std::uint32_t at = token().at;
      if (eat(".")) {
        left = selection(left, at);
      } else if (eat("[")) {
        const bool optional = eat("?");
        const NodeId position = expression();
        close("]", at);
        left = add(Node{
            .kind = NodeKind::index, .optional_access = optional, .at = at, .children = {left, position}});
      } else if (is_symbol("{") &&
                 (tree_.at(left).kind == NodeKind::identifier || tree_.at(left).kind == NodeKind::select)) {
        left = message(left);
      } else {
        return left;
      }
    }
    return left;
  }

  NodeId selection(NodeId left, std::uint32_t at) {
    const bool optional = eat("?");
    const Token name = token();
    if (name.kind == TokenKind::quoted) {
      advance();
    } else if (name.kind == TokenKind::identifier && name.text != "true" && name.text != "false" &&
               name.text != "null" && name.text != "in") {
      advance();
      if (!optional && is_symbol("(")) {
        const std::uint32_t opened = token().at;
        advance();
        Node call{
            .kind = NodeKind::call, .member = true, .at = name.at, .text = name.text, .children = {left}};
        arguments(call.children, ")", opened);
        return expand(add(std::move(call)));
      }
    } else {
      unexpected("a field name after '.'");
      return invalid(at);
    }
    return add(Node{.kind = NodeKind::select,
                    .optional_access = optional,
                    .at = at,
                    .text = name.text,
                    .children = {left}});
  }

  NodeId expand(NodeId call) {
    expand_macro(tree_, call, faults_);
    return call;
  }

  // Expressions up to the closing bracket, which is consumed; a trailing comma is allowed in lists only.
  void arguments(std::vector<NodeId>& out, std::string_view end, std::uint32_t opened) {
    if (eat(end)) return;
    do {
      if (!stopped_) out.push_back(expression());
    } while (eat(","));
    close(end, opened);
  }

  NodeId primary() {
    const Token here = token();
    switch (here.kind) {
      case TokenKind::integer:
      case TokenKind::uinteger:
      case TokenKind::real:
        advance();
        return number(here, false);
      case TokenKind::text:
      case TokenKind::bytes: {
        advance();
        const Kind kind = here.kind == TokenKind::text ? Kind::text : Kind::bytes;
        Node node{.kind = NodeKind::literal, .at = here.at, .text = here.text};
        node.literal.kind = kind;
        return add(std::move(node));
      }
      case TokenKind::identifier:
        return word(here, false);
      case TokenKind::bad:
        advance();
        return invalid(here.at);
      case TokenKind::symbol:
        return bracketed(here);
      case TokenKind::quoted:
      case TokenKind::end:
        break;
    }
    unexpected("a value");
    if (here.kind == TokenKind::quoted) advance();
    return invalid(here.at);
  }

  NodeId bracketed(const Token& here) {
    if (here.text == "(") {
      advance();
      const NodeId inner = expression();
      close(")", here.at);
      parenthesized_ = inner;
      return inner;
    }
    if (here.text == "[") return list(here.at);
    if (here.text == "{") return map(here.at);
    if (here.text == "." && token(1).kind == TokenKind::identifier) {
      advance();
      return word(token(), true);
    }
    if (here.text == "-") {
      advance();
      const Token digits = token();
      advance();
      return number(digits, true);
    }
    unexpected("a value");
    // A bracket or comma belongs to whoever opened it; an operator is skipped, so that what follows is read.
    constexpr std::string_view keep = ")]},:?";
    if (keep.find(here.text[0]) == std::string_view::npos) {
      advance();
      if (!is_end()) return unary_after_fault();
    }
    return invalid(here.at);
  }
  NodeId unary_after_fault() {
    if (++recursion_ > bounds_.nesting_max) too_deep(token().at);
    unary();
    --recursion_;
    return invalid(token().at);
  }

  NodeId word(const Token& here, bool absolute) {
    advance();
    if (here.text == "true" || here.text == "false")
      return add(
          Node{.kind = NodeKind::literal, .at = here.at, .literal = Value::boolean(here.text == "true")});
    if (here.text == "null")
      return add(Node{.kind = NodeKind::literal, .at = here.at, .literal = Value::null()});
    if (is_reserved_word(here.text) || here.text == "in") {
      faults_.add(here.at, "'" + here.text + "' is a reserved word",
                  here.text == "if" ? "write condition ? this : that" : "use another name");
      return here.text == "if" ? unary_after_fault() : invalid(here.at);
    }
    if (!is_symbol("("))
      return add(Node{.kind = NodeKind::identifier, .absolute = absolute, .at = here.at, .text = here.text});
    const std::uint32_t opened = token().at;
    advance();
    Node call{.kind = NodeKind::call, .absolute = absolute, .at = here.at, .text = here.text};
    arguments(call.children, ")", opened);
    return expand(add(std::move(call)));
  }

  NodeId list(std::uint32_t at) {
    advance();
    Node node{.kind = NodeKind::list, .at = at};
    while (!stopped_ && !is_end() && !is_symbol("]")) {
      node.optional_marks.push_back(eat("?"));
      node.children.push_back(expression());
      if (!eat(",")) break;
    }
    close("]", at);
    return add_bounded(std::move(node), 1);
  }

  NodeId map(std::uint32_t at) {
    advance();
    Node node{.kind = NodeKind::map, .at = at};
    while (!stopped_ && !is_end() && !is_symbol("}")) {
      node.optional_marks.push_back(eat("?"));
      node.children.push_back(expression());
      if (!eat(":")) {
        unexpected("':' between key and value");
        node.children.pop_back();
        node.optional_marks.pop_back();
        break;
      }
      node.children.push_back(expression());
      if (!eat(",")) break;
    }
    close("}", at);
    return add_bounded(std::move(node), 2);
  }

  NodeId add_bounded(Node node, std::size_t nodes_per_item) {
    if (node.children.size() / nodes_per_item > bounds_.literal_items_max) {
      faults_.add(node.at, "more than " + std::to_string(bounds_.literal_items_max) + " items in one literal",
                  "keep long lists outside the expression");
      return invalid(node.at);
    }
    return add(std::move(node));
  }

  NodeId message(NodeId name) {
    const std::uint32_t at = token().at;
    advance();
    while (!stopped_ && !is_end() && !is_symbol("}")) {
      eat("?");
      if (token().kind == TokenKind::identifier || token().kind == TokenKind::quoted) advance();
      if (!eat(":")) break;
      expression();
      if (!eat(",")) break;
    }
    close("}", at);
    return add(Node{.kind = NodeKind::message, .at = tree_.at(name).at, .children = {name}});
  }

  NodeId number(const Token& here, bool negative) {
    Node node{.kind = NodeKind::literal, .at = here.at};
    const std::string text = (negative ? "-" : "") + here.text;
    if (here.kind == TokenKind::real) {
      const auto value = parse_double(text);
      if (!value) {
        faults_.add(here.at, "the number " + text + " is larger than any double");
        return invalid(here.at);
      }
      node.literal = Value::real(*value);
      return add(std::move(node));
    }
    const bool hex = here.text.starts_with("0x") || here.text.starts_with("0X");
    const std::string_view digits = std::string_view(here.text).substr(hex ? 2 : 0);
    std::uint64_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
    constexpr std::uint64_t least = std::uint64_t{1} << 63;
    const bool is_unsigned = here.kind == TokenKind::uinteger;
    if (error != std::errc{} || (!is_unsigned && value >= least + (negative ? 1 : 0))) {
      faults_.add(here.at, "the number " + text + " does not fit",
                  is_unsigned ? "the largest uint is 18446744073709551615"
                              : "an int lies between -9223372036854775808 and 9223372036854775807");
      return invalid(here.at);
    }
    if (is_unsigned) {
      node.literal = Value::uinteger(value);
    } else {
      node.literal = Value::integer(static_cast<std::int64_t>(negative ? ~value + 1 : value));
    }
    return add(std::move(node));
  }

  std::vector<Token> tokens_;
  const Bounds& bounds_;
  FaultList& faults_;
  Tree tree_;
  std::size_t next_ = 0;
  std::uint32_t recursion_ = 0;
  bool stopped_ = false;
  NodeId parenthesized_ = static_cast<NodeId>(-1);
};

}  // namespace

bool is_reserved_word(std::string_view word) {
  return std::find(reserved.begin(), reserved.end(), word) != reserved.end();
}

std::optional<Tree> parse(std::string_view source, const Bounds& bounds, FaultList& faults) {
  if (source.size() > bounds.source_bytes_max) {
    faults.add(0, "the expression has " + std::to_string(source.size()) + " octets; at most " +
                      std::to_string(bounds.source_bytes_max) + " are allowed");
    return std::nullopt;
  }
  std::vector<Token> tokens = tokenize(source, faults);
  return Parser(std::move(tokens), bounds, faults).run();
}

}  // namespace tillwatch::cel
