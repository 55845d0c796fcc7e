// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Records borrow their long texts: nothing is copied that a sink may not want.
#include "ledger/record.h"

#include <string_view>
#include <utility>

#include "core/value.h"

namespace penstock::ledger {

Status with_record(const Verdict& row, Ancestry& ancestry,
                   const std::vector<std::string>& step_names,
                   const std::function<Status(const Record&)>& use) {
  SharedText context = row.context;
  if (!context) {
    PENSTOCK_TRY(found, ancestry.context(row.item.step(), row.parent));
    context = std::move(found);
  }
  PENSTOCK_TRY(parent_key, ancestry.key(row.parent));
  const std::string flattened = context ? with_parent(row.value, *context) : std::string();
  const auto step = static_cast<std::size_t>(row.item.step());
  return use(Record{.seq = row.seq,
                    .step = step < step_names.size() ? step_names[step] : std::string_view(),
                    .key = shown_key(row.item, row.key),
                    .parent_key = std::move(parent_key),
                    .status = row.status,
                    .kind = row.kind,
                    .error = row.error,
                    .attempts = row.attempts,
                    .value = context ? flattened : row.value,
                    .output = row.output});
}

}  // namespace penstock::ledger
