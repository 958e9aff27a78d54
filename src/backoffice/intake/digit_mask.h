// Masks whatever could be a card number in a row that is set aside or quoted in a message. Called by intake
// only: the door's own masking asks for the check digit, but a damaged row may hold a damaged number.
#pragma once

#include <string>
#include <string_view>

namespace tillwatch::intake {

// Replaces digits by '*' in every run of 13 or more digits (single spaces or dashes between them do not end a
// run): the first six and the last four stay.
std::string mask_card_length(std::string_view text);

// For messages: in quotes, masked, control characters as '?', at most 40 bytes and then "...".
std::string quoted_value(std::string_view text);

}  // namespace tillwatch::intake
