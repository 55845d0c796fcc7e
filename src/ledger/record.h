// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A settled verdict as a record: what sinks and readers get to see.
#pragma once

#include <penstock/error.h>
#include <penstock/ledger.h>
#include <penstock/sink.h>

#include <functional>
#include <string>
#include <vector>

#include "ledger/ancestry.h"

namespace penstock::ledger {

/// Put a record together and give it to `use`; the texts that it points into live as long as that.
/// A null context is looked up. Errors: those of Ancestry and of `use`.
Status with_record(const Verdict& row, Ancestry& ancestry,
                   const std::vector<std::string>& step_names,
                   const std::function<Status(const Record&)>& use);

}  // namespace penstock::ledger
