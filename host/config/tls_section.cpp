#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/keys.hpp"
#include "config/quote.hpp"
#include "config/sections.hpp"

namespace plughost::config {
namespace {

constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

/// What reading a part of the section needs.
struct Place {
  const std::filesystem::path& directory;
  Problems& problems;
};

Reader file_into(FileName& file, const std::string& what, const Place& place) {
  return [&file, what, &place](const Node& node) {
    const std::string* text = scalar_text(node, "the path of " + what, place.problems);
    if (text == nullptr) return;
    file = {(place.directory / *text).lexically_normal().string(), node.position};
  };
}

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return text;
}

/// Empty if clients can ask for that name, else what is wrong with it.
std::string name_mistake(std::string_view name) {
  const std::string_view host = name.starts_with("*.") ? name.substr(2) : name;
  if (host.find('*') != std::string_view::npos) {
    return " has a '*' in the wrong place; it stands for the first label only, like *.example.com";
  }
  if (host.find_first_not_of("0123456789.") == std::string_view::npos) {
    return " is no host name; clients ask for a certificate by name, never by address";
  }
  const bool empty_label =
      host.starts_with('.') || host.ends_with('.') || host.find("..") != std::string_view::npos;
  if (empty_label || host.find_first_not_of(kNameCharacters) != std::string_view::npos) {
    return " is no host name; write it like www.example.com, in ASCII (xn--…)";
  }
  return "";
}

void read_name(const Node& node, std::vector<std::string>& names, Problems& problems) {
  const std::string* text = scalar_text(node, "a host name", problems);
  if (text == nullptr) return;
  std::string name = lower_case(*text);
  const std::string mistake = name_mistake(name);
  if (!mistake.empty()) return problems.add(node.position, quote(*text) + mistake);
  names.push_back(std::move(name));
}

Reader names_into(std::vector<std::string>& names, Problems& problems) {
  return [&names, &problems](const Node& node) {
    if (node.kind != NodeKind::list) return read_name(node, names, problems);
    for (const Node& item : node.items) read_name(item, names, problems);
  };
}

/// Certificate and key come together or not at all.
void check_pair(const Node& node, const std::string& owner, Problems& problems) {
  const bool cert = find(node, "cert") != nullptr;
  const bool key = find(node, "key") != nullptr;
  if (cert && key) return;
  const std::string missing = cert ? "'key'" : key ? "'cert'" : "'cert' and no 'key'";
  problems.add(node.position, owner + " has no " + missing +
                                  "; write both, like cert: server.crt and key: server.key");
}

void read_certificate(const Node& node, Tls& tls, const Place& place) {
  Certificate certificate;
  certificate.position = node.position;
  read_mapping(node, " in 'certificates'",
               {{"names", names_into(certificate.names, place.problems)},
                {"cert", file_into(certificate.cert, "a certificate", place)},
                {"key", file_into(certificate.key, "a private key", place)}},
               {}, place.problems);
  if (node.kind == NodeKind::mapping) check_pair(node, "this certificate", place.problems);
  tls.certificates.push_back(std::move(certificate));
}

Reader certificates_into(Tls& tls, const Place& place) {
  return [&tls, &place](const Node& node) {
    if (node.kind != NodeKind::list) {
      return place.problems.add(node.position,
                                "'certificates' must be a list with items like "
                                "'- { cert: other.crt, key: other.key }'");
    }
    for (const Node& item : node.items) read_certificate(item, tls, place);
  };
}

Reader client_auth_into(Tls& tls, Problems& problems) {
  return [&tls, &problems](const Node& node) {
    constexpr ClientAuth kValues[] = {ClientAuth::none, ClientAuth::optional, ClientAuth::required};
    const auto choice =
        read_choice(node, "a way to treat clients", {"none", "optional", "required"}, problems);
    if (choice) tls.client_auth = kValues[*choice];
  };
}

Reader version_into(Tls& tls, Problems& problems) {
  return [&tls, &problems](const Node& node) {
    constexpr Tls::Version kValues[] = {Tls::Version::v1_2, Tls::Version::v1_3};
    const auto choice = read_choice(node, "a TLS version", {"1.2", "1.3"}, problems);
    if (choice) tls.min_version = kValues[*choice];
  };
}

void check_client_ca(const Node& node, Tls& tls, Problems& problems) {
  const Node* client_auth = find(node, "client_auth");
  if (find(node, "client_ca") != nullptr) {
    // Whoever names an authority wants its certificates.
    if (client_auth == nullptr) tls.client_auth = ClientAuth::required;
  } else if (tls.client_auth != ClientAuth::none) {
    problems.add(client_auth->position, quote(client_auth->text) +
                                            " needs 'client_ca', the authority whose certificates "
                                            "clients may come with");
  }
}

}  // namespace

void read_tls(const Node& node, Config& config, Problems& problems) {
  const Place place{config.directory, problems};
  Tls& tls = config.tls.emplace();
  Certificate own;
  FileName client_ca;
  std::vector<Certificate>& certificates = tls.certificates;
  read_mapping(node, " in 'tls'",
               {{"cert", file_into(own.cert, "a certificate", place)},
                {"key", file_into(own.key, "a private key", place)},
                {"certificates", certificates_into(tls, place)},
                {"client_ca", file_into(client_ca, "a certificate", place)},
                {"client_auth", client_auth_into(tls, problems)},
                {"min_version", version_into(tls, problems)}},
               {}, problems);
  if (node.refused || (node.kind != NodeKind::mapping && !node.is_null())) return;
  const bool has_own = find(node, "cert") != nullptr || find(node, "key") != nullptr;
  if (has_own || find(node, "certificates") == nullptr) check_pair(node, "'tls'", problems);
  if (has_own) {
    own.position = own.cert.position;
    certificates.insert(certificates.begin(), std::move(own));
  } else if (const Node* list = find(node, "certificates");
             list != nullptr && list->items.empty() && list->kind == NodeKind::list) {
    problems.add(list->position, "'certificates' is empty; add a certificate");
  }
  if (!client_ca.path.empty()) tls.client_ca = std::move(client_ca);
  check_client_ca(node, tls, problems);
}

}  // namespace plughost::config
