// The reference names everything that the tables hold, and what it says of macros is what the parser does.
#include "cel/reference.h"

#include <gtest/gtest.h>

#include "cel/expression_answer.h"
#include "cel/library.h"
#include "cel/macros.h"

namespace tillwatch::cel {
namespace {

TEST(Reference, NamesEveryFunction) {
  const std::string page = language_reference();
  std::size_t functions = 0;
  for (const auto library : standard_libraries()) {
    for (const Function& function : library) {
      EXPECT_NE(page.find(std::string(function.about) + " |"), std::string::npos) << function.name;
      ++functions;
    }
  }
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = page.find("\n| `", at)) != std::string::npos; ++at) ++rows;
  constexpr std::size_t syntax = 7;
  EXPECT_EQ(rows, functions + macro_forms().size() + syntax);
  EXPECT_NE(page.find("| `a + b` | int, int -> int; "), std::string::npos);
  EXPECT_NE(page.find("| `a.substring(b[, c])` | string, int -> string; "), std::string::npos);
  EXPECT_NE(page.find("| `optional.none()` | nothing -> optional(A) |"), std::string::npos);
  EXPECT_NE(page.find("| nesting | 200 levels |"), std::string::npos);
}

// One expression for each described form, in the order of the table.
TEST(Reference, DescribesMacrosThatThereAre) {
  const Expected examples[] = {{"has({'b': 1}.b)", "true"},
                               {"[1, 2].all(x, x > 0)", "true"},
                               {"[1, 2].exists(x, x > 1)", "true"},
                               {"[1, 2].exists_one(x, x > 1) == [1, 2].existsOne(x, x > 1)", "true"},
                               {"[1, 2].filter(x, x > 1)", "[2]"},
                               {"{'b': 1}.map(x, x)", "[\"b\"]"},
                               {"[1, 2].map(x, x > 1, x * 2)", "[4]"},
                               {"[5].all(i, x, i == 0 && x == 5)", "true"},
                               {"{'b': 5}.exists(i, x, i == 'b' && x == 5)", "true"},
                               {"[5].existsOne(i, x, true)", "true"},
                               {"[5].transformList(i, x, i + x)", "[5]"},
                               {"[5].transformList(i, x, i > 0, x)", "[]"},
                               {"[5].transformMap(k, x, x * 2)", "{0: 10}"},
                               {"{'b': 5}.transformMap(k, x, x > 5, x)", "{}"},
                               {"[5].transformMapEntry(k, x, {x: k})", "{5: 0}"},
                               {"cel.bind(x, 2, x * x)", "4"},
                               {"optional.of(2).optMap(x, x * x)", "optional.of(4)"},
                               {"optional.of(2).optFlatMap(x, optional.none())", "optional.none()"}};
  ASSERT_EQ(std::size(examples), macro_forms().size());
  for (std::size_t i = 0; i < std::size(examples); ++i) {
    EXPECT_EQ(answer_of(examples[i].source), examples[i].answer) << examples[i].source;
    const std::string_view form = macro_forms()[i].form;
    const std::size_t end = form.find('(');
    const std::size_t start = form.starts_with("cel.") ? 0 : form.find('.') < end ? form.find('.') + 1 : 0;
    EXPECT_NE(examples[i].source.find(form.substr(start, end - start)), std::string_view::npos) << form;
  }
}

}  // namespace
}  // namespace tillwatch::cel
