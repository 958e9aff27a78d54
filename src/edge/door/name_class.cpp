// The names that must not come in, and those that need not (docs/operating/api.md lists both).
#include <algorithm>
#include <array>

#include "door/door.h"

namespace tillwatch::door {
namespace {

using Names = std::string_view;

// Sensitive authentication data (PCI DSS 3.3.1): never stored after authorisation, so never taken in.
// Compared after folding: lower case, without '_', '-' and spaces.
constexpr auto banned_names = std::to_array<Names>({
    "5a",
    "57",
    "56",
    "9f6b",
    "cav2",
    "cavv2",
    "csc",
    "de2",
    "de35",
    "de36",
    "de45",
    "de52",
    "de55",
    "dupan",
    "emv",
    "emvdata",
    "emvtlv",
    "encpin",
    "encryptedpin",
    "encryptedpan",
    "equivalentpan",
    "field2",
    "field35",
    "field36",
    "field45",
    "field52",
    "field55",
    "f35",
    "f36",
    "f45",
    "f52",
    "f55",
    "icc",
    "iccdata",
    "icctlv",
    "pin",
    "pinblock",
    "pindata",
    "pinhash",
    "pinoffset",
    "pinverificationvalue",
    "pvv",
    "securitycode",
    "stripedata",
    "tag56",
    "tag57",
    "tag5a",
    "tag9f6b",
    "verificationvalue",
});
constexpr auto banned_beginnings = std::to_array<Names>({
    "cardsecurity",
    "cardverification",
    "cvc",
    "cvn",
    "cvv",
    "magneticstripe",
    "magstripe",
    "pinblock",
});
constexpr auto personal_names = std::to_array<Names>({
    "address",         "birthdate",   "birthday",     "cardholder",   "cardholdername", "cellphone",
    "contact",         "contactname", "contactphone", "customername", "dateofbirth",    "email",
    "emailaddress",    "familyname",  "firstname",    "fullname",     "givenname",      "holder",
    "holdername",      "homeaddress", "idcard",       "idcardno",     "idcardnumber",   "identityno",
    "identitynumber",  "idno",        "idnumber",     "lastname",     "legalname",      "legalperson",
    "legalpersonname", "mail",        "middlename",   "mobile",       "mobileno",       "mobilenumber",
    "mobilephone",     "name",        "nationalid",   "ownername",    "passport",       "passportno",
    "passportnumber",  "personname",  "phone",        "phoneno",      "phonenumber",    "postaladdress",
    "realname",        "ssn",         "surname",      "tel",          "telephone",      "username",
    "wechat",          "wechatid",
});

std::string folded(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '_' || c == '-' || c == ' ') continue;
    text.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return text;
}

NameClass classify_step(std::string_view step) {
  const std::string name = folded(step);
  // "track", "track2", "trackdata" ...; a parcel's tracking number is another thing.
  if (name.starts_with("track") && !name.starts_with("tracking")) return NameClass::banned;
  if (std::ranges::find(banned_names, name) != banned_names.end()) return NameClass::banned;
  if (std::ranges::any_of(banned_beginnings, [&](Names begin) { return name.starts_with(begin); }))
    return NameClass::banned;
  if (std::ranges::find(personal_names, name) != personal_names.end()) return NameClass::personal;
  return NameClass::plain;
}

}  // namespace

NameClass classify_name(std::string_view name) {
  NameClass found = NameClass::plain;
  for (std::size_t from = 0; from <= name.size();) {
    const std::size_t dot = std::min(name.find('.', from), name.size());
    const NameClass step = classify_step(name.substr(from, dot - from));
    if (step == NameClass::banned) return step;
    if (step == NameClass::personal) found = step;
    from = dot + 1;
  }
  return found;
}

}  // namespace tillwatch::door
