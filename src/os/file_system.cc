// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Known by their magic numbers. FUSE and 9P are not among them: they may well be local.
#include "os/file_system.h"

#include <sys/statfs.h>

#include "os/system_error.h"

namespace penstock::os {

std::optional<std::string_view> network_file_system_name(std::uint32_t magic) noexcept {
  switch (magic) {
    case 0x6969:
      return "NFS";
    case 0x517B:
    case 0xFE534D42:
    case 0xFF534D42:
      return "SMB";
    case 0x5346414F:
      return "AFS";
    case 0x00C36400:
      return "Ceph";
    case 0x73757245:
      return "Coda";
    case 0x564C:
      return "NCP";
    case 0x0BD00BD0:
      return "Lustre";
    case 0x47504653:
      return "GPFS";
    default:
      return std::nullopt;
  }
}

Result<std::optional<std::string_view>> network_file_system(const std::filesystem::path& path) {
  struct statfs found {};
  if (::statfs(path.c_str(), &found) != 0) return system_error("statfs", path.native());
  return network_file_system_name(static_cast<std::uint32_t>(found.f_type));
}

}  // namespace penstock::os
