// The command-line options that replay and import share. Called by these two commands.
#pragma once

#include "command_line.h"
#include "row_inputs.h"

namespace tillwatch {

inline void add_row_options(CommandLine& app, RowInputWishes& wishes) {
  app.add_option("--mapping", wishes.mappings, "what the columns mean; one for all inputs, or one for each")
      .required()
      .repeated();
  app.add_option("INPUT", wishes.inputs, "row files, plain, .gz, .xz or .zst; - is standard input")
      .required();
  app.add_flag("--sort", wishes.sort,
               "sort the rows by time first (on disk, where they do not fit the memory)");
  app.add_option("--sort-memory", wishes.sort_mib, "MiB of memory for --sort").between(1, 1024 * 1024);
  app.add_option("--sort-folder", wishes.sort_folder, "where --sort keeps temporary files");
  app.add_option("--held-memory", wishes.held_mib, "MiB for entries that wait for their time")
      .between(1, 1024 * 1024);
  app.add_flag("--strict", wishes.strict, "stop at the first damaged row");
  app.add_option("--limit", wishes.rows_max, "take only so many rows in all");
}

}  // namespace tillwatch
