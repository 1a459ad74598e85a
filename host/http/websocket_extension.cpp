#include "http/websocket_extension.hpp"

#include <algorithm>
#include <cstddef>

#include "http/characters.hpp"

namespace plughost::http::websocket {
namespace {

constexpr int kOurWindowBits = 12;
constexpr int kLeastWindowBits = 8;
constexpr int kMostWindowBits = 15;

struct Parameter {
  std::string_view name;
  std::optional<std::string_view> value;
};

struct Offer {
  std::string_view name;
  std::vector<Parameter> parameters;
};

/// Reads the tokens of the field: extension-list = 1#(token *(";" token ["=" (token | quoted)])).
class Scanner final {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() {
    skip_whitespace();
    return rest_.empty();
  }

  bool take(char c) {
    skip_whitespace();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Empty: there is none.
  std::string_view token() {
    skip_whitespace();
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token_character);
    const auto token = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(token.size());
    return token;
  }

  /// A token or a quoted one; what is quoted must be a token too (RFC 6455 section 9.1).
  std::string_view value() {
    if (!take('"')) return token();
    const std::string_view quoted = token();
    return take('"') ? quoted : std::string_view();
  }

 private:
  void skip_whitespace() {
    while (!rest_.empty() && is_whitespace(rest_.front())) rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

/// False: the grammar is broken.
bool read_offer(Scanner& scanner, Offer& offer) {
  offer.name = scanner.token();
  if (offer.name.empty()) return false;
  while (scanner.take(';')) {
    Parameter parameter{scanner.token(), std::nullopt};
    if (parameter.name.empty()) return false;
    if (scanner.take('=')) {
      parameter.value = scanner.value();
      if (parameter.value->empty()) return false;
    }
    offer.parameters.push_back(parameter);
  }
  return true;
}

/// False: the grammar is broken. Empty list elements are allowed (RFC 9110 section 5.6.1).
bool read_offers(std::string_view text, std::vector<Offer>& offers) {
  Scanner scanner(text);
  while (!scanner.at_end()) {
    if (scanner.take(',')) continue;
    if (!read_offer(scanner, offers.emplace_back())) return false;
    if (!scanner.at_end() && !scanner.take(',')) return false;
  }
  return true;
}

/// 8 to 15 without leading zeros; 0: something else.
int window_bits(std::string_view text) {
  int bits = 0;
  for (const char c : text.substr(0, 3)) {
    if (!is_digit(c) || (bits == 0 && c == '0')) return 0;
    bits = bits * 10 + (c - '0');
  }
  return bits >= kLeastWindowBits && bits <= kMostWindowBits ? bits : 0;
}

bool apply_window(const Parameter& parameter, DeflateTerms& terms) {
  const int bits = parameter.value ? window_bits(*parameter.value) : kMostWindowBits;
  if (parameter.name == "client_max_window_bits") {
    terms.client_window_bits = std::min(bits, kOurWindowBits);
    terms.names_client_window = true;
    return bits != 0;
  }
  // zlib cannot compress for a window of 8 bits without referring beyond it.
  terms.server_window_bits = std::min(bits, kOurWindowBits);
  return parameter.value && bits > kLeastWindowBits;
}

/// False: the offer must be declined.
bool apply(const Parameter& parameter, DeflateTerms& terms) {
  if (parameter.name == "server_max_window_bits" || parameter.name == "client_max_window_bits") {
    return apply_window(parameter, terms);
  }
  if (parameter.value) return false;
  if (parameter.name == "server_no_context_takeover") {
    terms.server_keeps_context = false;
    return true;
  }
  terms.client_keeps_context = false;
  return parameter.name == "client_no_context_takeover";
}

std::optional<DeflateTerms> terms_of(const Offer& offer) {
  if (offer.name != "permessage-deflate") return std::nullopt;
  DeflateTerms terms;
  terms.server_window_bits = kOurWindowBits;
  for (auto one = offer.parameters.begin(); one != offer.parameters.end(); ++one) {
    const bool repeated = std::any_of(offer.parameters.begin(), one,
                                      [&](const Parameter& p) { return p.name == one->name; });
    if (repeated || !apply(*one, terms)) return std::nullopt;
  }
  return terms;
}

}  // namespace

ExtensionChoice choose_extensions(const std::vector<std::string_view>& values) {
  std::vector<Offer> offers;
  for (const std::string_view value : values) {
    if (!read_offers(value, offers)) return {false, std::nullopt};
  }
  for (const Offer& offer : offers) {
    if (auto terms = terms_of(offer)) return {true, terms};
  }
  return {};
}

std::string extension_answer(const DeflateTerms& terms) {
  std::string answer = "permessage-deflate";
  if (!terms.server_keeps_context) answer += "; server_no_context_takeover";
  if (!terms.client_keeps_context) answer += "; client_no_context_takeover";
  answer += "; server_max_window_bits=" + std::to_string(terms.server_window_bits);
  if (terms.names_client_window) {
    answer += "; client_max_window_bits=" + std::to_string(terms.client_window_bits);
  }
  return answer;
}

}  // namespace plughost::http::websocket
