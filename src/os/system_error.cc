// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The text and code of a system call's failure.
#include "os/system_error.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

namespace penstock::os {
namespace {

// Thread-safe and the same in every locale, unlike strerror().
std::string error_text(int error_number) {
  const char* text = ::strerrordesc_np(error_number);
  return text != nullptr ? text : fmt::format("error {}", error_number);
}

std::string error_name(int error_number) {
  const char* name = ::strerrorname_np(error_number);
  return name != nullptr ? name : std::to_string(error_number);
}

// Of what could not be created the folder tells.
std::optional<std::uint64_t> free_bytes_near(std::string_view target) {
  struct statvfs state {};
  const std::string folder(target.substr(0, target.rfind('/') + 1));
  if (::statvfs(std::string(target).c_str(), &state) != 0 &&
      ::statvfs(folder.empty() ? "." : folder.c_str(), &state) != 0) {
    return std::nullopt;
  }
  return std::uint64_t{state.f_bavail} * state.f_frsize;
}

}  // namespace

Error system_error(std::string_view tried, std::string_view target, int error_number) {
  Error error{.code = Errc::system,
              .message = fmt::format("{} {}: {}", tried, target, error_text(error_number)),
              .kind = "system." + error_name(error_number)};
  if (error_number != ENOSPC && error_number != EDQUOT) return error;
  error.code = Errc::no_space;
  error.kind = "disk.full";
  if (const auto free = free_bytes_near(target)) {
    error.message += fmt::format(" ({} bytes free)", *free);
  }
  return error;
}

Error system_error(std::string_view tried, std::string_view target) {
  return system_error(tried, target, errno);
}

}  // namespace penstock::os
