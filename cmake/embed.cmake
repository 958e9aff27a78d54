# embed_text(module file symbol): compiles the text of `file` into the module as
# `extern const std::string_view <symbol>` of namespace tillwatch::<module>, so that the binary needs no file beside it.
function(embed_text module file symbol)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} text)
  string(FIND "${text}" ")TILLWATCH\"" found)
  if(NOT found EQUAL -1)
    message(FATAL_ERROR "${file} holds the end mark of the raw string that it is embedded in")
  endif()
  set(source ${CMAKE_BINARY_DIR}/embedded/${module}_${symbol}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT
"// Made by cmake/embed.cmake.
#include <string_view>

namespace tillwatch::${module} {
extern const std::string_view ${symbol};
const std::string_view ${symbol} = R\"TILLWATCH(@text@)TILLWATCH\";
}
" @ONLY)
  target_sources(tillwatch_${module} PRIVATE ${source})
endfunction()
