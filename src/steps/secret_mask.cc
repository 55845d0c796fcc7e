// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Search and replace, by value.
#include "steps/secret_mask.h"

#include <algorithm>

namespace penstock::steps {
namespace {

void replace_all(std::string& text, std::string_view old, std::string_view fresh) {
  for (std::size_t at = text.find(old); at != std::string::npos;
       at = text.find(old, at + fresh.size())) {
    text.replace(at, old.size(), fresh);
  }
}

}  // namespace

SecretMask::SecretMask(const std::vector<std::string>& reserved_names,
                       const placeholders::Resolver& resolve) {
  if (!resolve) return;
  for (const std::string& name : reserved_names) {
    if (!name.starts_with("secret.")) continue;
    const auto value = resolve(name);
    if (!value || value->size() < kBytesMin) continue;
    Secret secret{"%7B" + name + "%7D", placeholders::percent_encoded(*value), {*value}};
    secret.forms.push_back(secret.encoded);
    if (auto form = placeholders::escape_for(placeholders::Place::form, *value)) {
      secret.forms.push_back(std::move(*form));
    }
    secrets_.push_back(std::move(secret));
  }
  std::stable_sort(secrets_.begin(), secrets_.end(), [](const Secret& a, const Secret& b) {
    return a.encoded.size() > b.encoded.size();
  });
}

std::string SecretMask::hide(std::string text) const {
  for (const Secret& secret : secrets_) {
    for (const std::string& form : secret.forms) replace_all(text, form, "***");
    replace_all(text, secret.mark, "***");
  }
  return text;
}

std::string SecretMask::mark(std::string link) const {
  for (const Secret& secret : secrets_) {
    for (const std::string& form : secret.forms) replace_all(link, form, secret.mark);
  }
  return link;
}

std::string SecretMask::reveal(std::string link) const {
  for (const Secret& secret : secrets_) replace_all(link, secret.mark, secret.encoded);
  return link;
}

}  // namespace penstock::steps
