// The real disk port: files under one root directory, reached only through its descriptor.
// Called by apps. Never takes an absolute path or one with "..", never leaves a descriptor open across exec,
// never creates a file that others can read (0600, folders 0700).
#pragma once

#include <memory>
#include <string>

#include "ports/disk.h"
#include "posix/descriptor.h"

namespace tillwatch::posix {

class Disk final : public ports::Disk {
 public:
  // Opens `root`, creating the folder (0700) where it is missing; its parent must exist.
  static core::Result<std::unique_ptr<Disk>> open_root(const std::string& root);

  core::Result<std::unique_ptr<ports::File>> open(std::string_view path, ports::OpenMode mode) override;
  core::Result<bool> exists(std::string_view path) override;
  core::Status remove(std::string_view path) override;
  core::Status rename(std::string_view from, std::string_view to) override;
  core::Status make_directory(std::string_view path) override;
  core::Result<std::vector<std::string>> list(std::string_view path) override;
  core::Status sync_directory(std::string_view path) override;
  core::Result<std::unique_ptr<ports::Lock>> lock(std::string_view path) override;

 private:
  Disk(std::string root, Descriptor directory) : root_(std::move(root)), directory_(std::move(directory)) {}
  // The checked relative path; "" and "." mean the root itself.
  core::Result<std::string> relative(std::string_view path) const;
  std::string full(std::string_view path) const;

  std::string root_;
  Descriptor directory_;
};

}  // namespace tillwatch::posix
