#include "net/tls_policy.hpp"

#include <openssl/err.h>

#include <stdexcept>
#include <string_view>

namespace plughost::net {
namespace {

constexpr char kSuites[] = "ECDHE+AESGCM:ECDHE+CHACHA20";  // of TLS 1.2; those of 1.3 are all good
constexpr std::string_view kProtocols{"\x08http/1.1"};
constexpr std::string_view kSessionContext{"plughost"};
constexpr auto kOptions = SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                          SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                          SSL_OP_IGNORE_UNEXPECTED_EOF;
constexpr auto kModes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned offered_length, void*) {
  const int found =
      SSL_select_next_proto(const_cast<unsigned char**>(chosen), length, bytes_of(kProtocols),
                            static_cast<unsigned>(kProtocols.size()), offered, offered_length);
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

int verify_mode(config::ClientAuth client_auth) {
  switch (client_auth) {
    case config::ClientAuth::none:
      return SSL_VERIFY_NONE;
    case config::ClientAuth::optional:
      return SSL_VERIFY_PEER;
    case config::ClientAuth::required:
      break;
  }
  return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

}  // namespace

SslCtxPtr make_ssl_ctx(const config::Tls& tls) {
  ERR_clear_error();
  SslCtxPtr context(SSL_CTX_new(TLS_server_method()));
  const bool only_1_3 = tls.min_version == config::Tls::Version::v1_3;
  const int least = only_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
  if (context == nullptr || SSL_CTX_set_min_proto_version(context.get(), least) != 1 ||
      SSL_CTX_set_max_proto_version(context.get(), 0) != 1 ||
      SSL_CTX_set_cipher_list(context.get(), kSuites) != 1 ||
      SSL_CTX_set_session_id_context(context.get(), bytes_of(kSessionContext),
                                     static_cast<unsigned>(kSessionContext.size())) != 1) {
    throw std::runtime_error("OpenSSL cannot be set up: " + take_openssl_error());
  }
  SSL_CTX_set_options(context.get(), kOptions);
  SSL_CTX_set_mode(context.get(), kModes);
  SSL_CTX_set_read_ahead(context.get(), 1);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  SSL_CTX_set_verify(context.get(), verify_mode(tls.client_auth), nullptr);
  return context;
}

}  // namespace plughost::net
