// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Segments that nobody may write are as they stand in their files: relocations are made in others
// only, since everything is position-independent.
#include "os/loaded_code.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace penstock::os {
namespace {

int let_go(dl_phdr_info* object, std::size_t, void* bytes) {
  static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = (object->dlpi_addr + segment.p_vaddr) / page * page;
    const std::uintptr_t end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    // A refusal (the kernel's own page) leaves it as it was.
    (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    *static_cast<std::size_t*>(bytes) += end - begin;
  }
  return 0;
}

}  // namespace

std::size_t let_go_of_code() {
  std::size_t bytes = 0;
  ::dl_iterate_phdr(let_go, &bytes);
  return bytes;
}

}  // namespace penstock::os
