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

// Longer than the standard makes a compiler take; ours take it.
#pragma GCC diagnostic ignored \"-Woverlength-strings\"

namespace tillwatch::${module} {
extern const std::string_view ${symbol};
const std::string_view ${symbol} = R\"TILLWATCH(@text@)TILLWATCH\";
}
" @ONLY)
  target_sources(tillwatch_${module} PRIVATE ${source})
endfunction()

# embed_migrations(module folder): compiles folder/NNNN-subject.sql, and NNNN-subject.pg.sql where PostgreSQL needs other
# words, into the module, in order, as `migrations()` of src/edge/sql/migration.h.
function(embed_migrations module folder)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.sql)
  list(SORT files)
  set(declarations "")
  set(rows "")
  set(versions "")
  foreach(file ${files})
    get_filename_component(name ${file} NAME)
    if(name MATCHES "\\.pg\\.sql$")
      string(REPLACE ".pg.sql" ".sql" twin ${file})
      if(NOT EXISTS ${twin})
        message(FATAL_ERROR "${file} has no ${twin} beside it")
      endif()
      continue()
    endif()
    if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])-([a-z0-9-]+)\\.sql$")
      message(FATAL_ERROR "${file}: a step of the schema is called NNNN-subject.sql")
    endif()
    set(number ${CMAKE_MATCH_1})
    set(subject ${CMAKE_MATCH_2})
    if(number IN_LIST versions)
      message(FATAL_ERROR "${file}: there is another step ${number}")
    endif()
    list(APPEND versions ${number})
    embed_text(${module} ${file} migration_${number})
    string(APPEND declarations "extern const std::string_view migration_${number};\n")
    set(postgres migration_${number})
    string(REPLACE ".sql" ".pg.sql" twin ${file})
    if(EXISTS ${twin})
      set(postgres migration_${number}_pg)
      embed_text(${module} ${twin} ${postgres})
      string(APPEND declarations "extern const std::string_view ${postgres};\n")
    endif()
    string(REGEX REPLACE "^0+" "" version ${number})
    string(APPEND rows "  all.push_back({${version}, \"${subject}\", migration_${number}, ${postgres}});\n")
  endforeach()
  set(source ${CMAKE_BINARY_DIR}/embedded/${module}_migrations.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT
"// Made by cmake/embed.cmake.
#include \"${module}/migration.h\"

#include <vector>

namespace tillwatch::${module} {
@declarations@
namespace {
std::vector<Migration> listed() {
  std::vector<Migration> all;
@rows@  return all;
}
}  // namespace

std::span<const Migration> migrations() {
  static const std::vector<Migration> all = listed();
  return all;
}
}  // namespace tillwatch::${module}
" @ONLY)
  target_sources(tillwatch_${module} PRIVATE ${source})
endfunction()

# embed_folder(module folder symbol placeholder): compiles every file under `folder` into the module, as
# `std::span<const EmbeddedFile> <symbol>()` of src/<...>/embedded_file.h: path below the folder, bytes. X.gz and X.br beside
# X are X packed. Where the folder has no index.html, `placeholder` stands for it, and nothing else is taken. A changed file
# is compiled again, a new or gone one configures again. A header embedded_file.h of the module declares the type.
function(embed_folder module folder symbol placeholder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*)
  list(SORT files)
  set(paths ${files})
  list(TRANSFORM paths PREPEND ${folder}/)
  if(NOT "index.html" IN_LIST files)
    set(files index.html)
    set(paths ${placeholder})
  endif()
  set(bytes "")
  set(declarations "")
  set(rows "")
  set(number 0)
  foreach(file path IN ZIP_LISTS files paths)
    set(name tillwatch_${symbol}_${number})
    string(APPEND bytes
      "    \".globl ${name}\\n${name}: .incbin \\\"${path}\\\"\\n\"\n"
      "    \".globl ${name}_end\\n${name}_end: .byte 0\\n\"\n")
    string(APPEND declarations "extern const char ${name}[];\nextern const char ${name}_end[];\n")
    string(APPEND rows
      "    {\"${file}\", {${name}, static_cast<std::size_t>(${name}_end - ${name})}},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  set(source ${CMAKE_BINARY_DIR}/embedded/${module}_${symbol}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT
"// Made by cmake/embed.cmake.
#include \"${module}/embedded_file.h\"

__asm__(
    \".pushsection .rodata\\n\"
@bytes@    \".popsection\\n\");

extern \"C\" {
@declarations@}

namespace tillwatch::${module} {
std::span<const EmbeddedFile> ${symbol}() {
  static const EmbeddedFile all[] = {
@rows@  };
  return all;
}
}  // namespace tillwatch::${module}
" @ONLY)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS "${paths}" COMPILE_OPTIONS "-fno-lto")
  target_sources(tillwatch_${module} PRIVATE ${source})
endfunction()
