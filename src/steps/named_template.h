// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// A name with a template for its value.
#pragma once

#include <string>
#include <utility>

#include "placeholders/template.h"

namespace penstock::steps {

/// A query parameter, a form field, a header, a variable of a program's environment.
using NamedTemplate = std::pair<std::string, placeholders::Template>;

}  // namespace penstock::steps
