// The parameters of settings.h with their bounds, units and sources. Data only. PBoC figures: payment system
// reports, second quarter of 2024 and year 2020, as read for the design; "assumed" wherever nothing was read.
#include <array>

#include "world/settings.h"

namespace tillwatch::world {
namespace {

constexpr std::string_view assumed = "assumed";
constexpr std::string_view pboc_2024 = "PBoC payment system report, Q2 2024";
constexpr std::string_view pboc_2020 = "PBoC payment system report, 2020";

// clang-format off: one row a parameter
constexpr auto population_table = std::to_array<Field<Population>>({
    {"merchants", &Population::merchants, 1, 200'000, "merchants", assumed, "of all agents"},
    {"cities", &Population::cities, 1, 30, "cities", assumed, "the largest first"},
    {"people_per_merchant", &Population::people_per_merchant, 5, 2'000, "people", assumed, "who may buy there; each carries cards"},
    {"agents", &Population::agents, 1, 5'000, "agents", assumed, "with their own agents counted"},
    {"agent_zipf_permille", &Population::agent_zipf_permille, 0, 3'000, "permille", assumed, "exponent of the agents' sizes"},
    {"sub_agent_permille", &Population::sub_agent_permille, 0, 1'000, "permille", assumed, "of the agents work below another"},
    {"reps_per_agent", &Population::reps_per_agent, 1, 200, "people", assumed, "who board merchants"},
    {"channels", &Population::channels, 1, 9, "acquirers", assumed, "that the agents work for"},
    {"terminals_permille", &Population::terminals_permille, 1'000, 3'000, "permille", pboc_2020, "terminals for each merchant: 38.3 million POS, 28.9 million merchants"},
    {"chain_permille", &Population::chain_permille, 0, 900, "permille", assumed, "of the merchants have the owner of the one before"},
    {"opening_permille", &Population::opening_permille, 0, 1'000, "permille", assumed, "of the merchants open within a year"},
    {"city_radius_m", &Population::city_radius_m, 100, 60'000, "metres", assumed, "standard deviation of places around the centre"},
    {"jitter_m", &Population::jitter_m, 0, 2'000, "metres", "30 to 200 m in the design", "standard deviation of a terminal's position fixes"},
});

constexpr auto people_table = std::to_array<Field<People>>({
    {"pace_sigma_permille", &People::pace_sigma_permille, 0, 2'000, "permille", assumed, "spread of how often people buy (of the natural logarithm)"},
    {"week_sigma_permille", &People::week_sigma_permille, 0, 1'000, "permille", "people have busy and quiet weeks, size assumed", "spread of a person's weeks (of the natural logarithm)"},
    {"errand_permille", &People::errand_permille, 0, 500, "permille", "errands are bundled (Krumme 2010), share assumed", "of the purchases lead to another on the way, where a shop is open and busy then"},
    {"errand_minutes", &People::errand_minutes, 1, 120, "minutes", assumed, "between two purchases of an errand"},
    {"income_sigma_permille", &People::income_sigma_permille, 0, 2'000, "permille", assumed, "spread of incomes (of the natural logarithm)"},
    {"credit_cards_permille", &People::credit_cards_permille, 0, 2'000, "permille", pboc_2024, "credit cards a head"},
    {"migrant_permille", &People::migrant_permille, 0, 1'000, "permille", "assumed: about 400 in Beijing and Shanghai at the census of 2020, from memory, and fewer elsewhere", "of the people came from another region"},
    {"migrant_cards_permille", &People::migrant_cards_permille, 0, 1'000, "permille", assumed, "of the cards of those who came are from there"},
    {"limit_median", &People::limit_median, 100'000, 100'000'000, "minor units", pboc_2024, "of credit limits; with the spread the mean is 30,400 yuan"},
    {"limit_sigma_permille", &People::limit_sigma_permille, 0, 2'000, "permille", assumed, "spread of limits (of the natural logarithm)"},
    {"utilisation_permille", &People::utilisation_permille, 0, 1'000, "permille", pboc_2024, "of the limits is used"},
    {"haunts_per_kind", &People::haunts_per_kind, 1, 8, "merchants", assumed, "of a kind to which a person returns"},
    {"reach_m", &People::reach_m, 100, 100'000, "metres", assumed, "the distance at which half stay away"},
    {"travel_permille", &People::travel_permille, 0, 1'000, "permille", assumed, "of the people travel in ten days"},
    {"holiday_travel_permille", &People::holiday_travel_permille, 0, 1'000, "permille", assumed, "of the people travel in ten days that have a long holiday"},
});

constexpr auto flow_table = std::to_array<Field<Flow>>({
    {"volume_permille", &Flow::volume_permille, 10, 10'000, "permille", assumed, "of the kinds' demand"},
    {"merchant_noise_permille", &Flow::merchant_noise_permille, 0, 1'000, "permille", assumed, "spread of a merchant's days beyond chance (of the natural logarithm)"},
    {"no_funds_ppm", &Flow::no_funds_ppm, 0, 300'000, "ppm", assumed, "of the sales: 51"},
    {"over_limit_ppm", &Flow::over_limit_ppm, 0, 300'000, "ppm", assumed, "of the sales: 61"},
    {"wrong_pin_ppm", &Flow::wrong_pin_ppm, 0, 300'000, "ppm", assumed, "of the sales with PIN: 55"},
    {"do_not_honour_ppm", &Flow::do_not_honour_ppm, 0, 300'000, "ppm", assumed, "of the sales: 05"},
    {"expired_ppm", &Flow::expired_ppm, 0, 300'000, "ppm", assumed, "of the sales: 54"},
    {"unavailable_ppm", &Flow::unavailable_ppm, 0, 300'000, "ppm", assumed, "of the sales: 91"},
    {"retry_permille", &Flow::retry_permille, 0, 1'000, "permille", assumed, "of the refused try again"},
    {"reversal_ppm", &Flow::reversal_ppm, 0, 300'000, "ppm", assumed, "of the sales are reversed"},
    {"refund_days", &Flow::refund_days, 1, 30, "days", assumed, "within which goods come back"},
    {"late_ppm", &Flow::late_ppm, 0, 500'000, "ppm", "0.5 per cent in the design", "of the sales arrive minutes to hours late"},
    {"duplicate_ppm", &Flow::duplicate_ppm, 0, 500'000, "ppm", assumed, "of the sales are sent twice"},
    {"wallet_permille", &Flow::wallet_permille, 0, 1'000, "permille", assumed, "of the QR payments are by wallet, not by card"},
});

constexpr auto money_table = std::to_array<Field<Money>>({
    {"rate_standard_e6", &Money::rate_standard_e6, 0, 30'000, "parts per million", "0.60 per cent, seen in agents' price lists", "merchant fee, standard class"},
    {"rate_preferential_e6", &Money::rate_preferential_e6, 0, 30'000, "parts per million", "0.38 per cent, seen in agents' price lists", "merchant fee, preferential class"},
    {"rate_micro_e6", &Money::rate_micro_e6, 0, 30'000, "parts per million", assumed, "fee of QR payments"},
    {"debit_cap", &Money::debit_cap, 0, 100'000, "minor units", assumed, "the most that a debit sale costs"},
    {"same_day_permille", &Money::same_day_permille, 0, 1'000, "permille", assumed, "of the merchants are settled on the same day"},
    {"same_day_fee", &Money::same_day_fee, 0, 100'000, "minor units", assumed, "for each such settlement"},
    {"deposit", &Money::deposit, 0, 1'000'000, "minor units", "99 to 499 yuan in complaints", "of a terminal, taken with its first swipe"},
    {"deposit_permille", &Money::deposit_permille, 0, 1'000, "permille", assumed, "of the terminals need a deposit"},
    {"sim_fee", &Money::sim_fee, 0, 100'000, "minor units", assumed, "taken with a swipe"},
    {"sim_days", &Money::sim_days, 10, 1'000, "days", assumed, "between two SIM fees"},
    {"activation_bonus", &Money::activation_bonus, 0, 10'000'000, "minor units", assumed, "paid to the agent for an activated terminal"},
    {"activation_turnover", &Money::activation_turnover, 0, 100'000'000, "minor units", "10,000 yuan in 30 days, seen in agents' rules", "that activates a terminal"},
    {"activation_days", &Money::activation_days, 1, 365, "days", "10,000 yuan in 30 days, seen in agents' rules", "after boarding in which it counts"},
});

constexpr auto label_table = std::to_array<Field<Labels>>({
    {"delay_median_h", &Labels::delay_median_h, 1, 2'400, "hours", "9 days in the design", "until half of the labels have come"},
    {"delay_sigma_permille", &Labels::delay_sigma_permille, 0, 2'000, "permille", "tail of 90 days in the design", "spread of delays (of the natural logarithm)"},
    {"delay_most_days", &Labels::delay_most_days, 1, 120, "days", assumed, "after which no label comes"},
    {"wrong_ppm", &Labels::wrong_ppm, 0, 100'000, "ppm", assumed, "of the honest sales are called fraud"},
    {"mistaken_permille", &Labels::mistaken_permille, 0, 500, "permille", "1 to 2 per cent in the design", "of the labels of fraud say the contrary"},
    {"amended_permille", &Labels::amended_permille, 0, 500, "permille", assumed, "of the labels are taken back or turned later"},
});

constexpr auto file_table = std::to_array<Field<Files>>({
    {"first_layout", &Files::first_layout, 0, 4, "layout", assumed, "of the first acquirer's files; the next acquirers have the next layouts, in order"},
    {"day_cut_minute", &Files::day_cut_minute, 1, 1'440, "minutes", "many acquirers cut at 23:00", "after midnight at which an acquirer's day ends; drawn for each, whole hours"},
    {"delivered_minute", &Files::delivered_minute, 0, 1'439, "minutes", "about 09:00 in public descriptions", "after the next midnight at which a file comes"},
    {"late_permille", &Files::late_permille, 0, 1'000, "permille", assumed, "of the files come late"},
    {"late_hours", &Files::late_hours, 1, 240, "hours", assumed, "by which a late file is late"},
    {"missing_permille", &Files::missing_permille, 0, 1'000, "permille", assumed, "of the files never come"},
    {"corrected_permille", &Files::corrected_permille, 0, 1'000, "permille", assumed, "of the files come with rows left out, and come again whole"},
    {"corrected_days", &Files::corrected_days, 1, 30, "days", assumed, "after which the whole file comes"},
    {"held_back_permille", &Files::held_back_permille, 0, 1'000, "permille", assumed, "of the rows are left out of a file that is corrected later"},
    {"damaged_ppm", &Files::damaged_ppm, 0, 500'000, "ppm", assumed, "of the rows have a destroyed field"},
    {"repeated_ppm", &Files::repeated_ppm, 0, 500'000, "ppm", assumed, "of the rows stand in their file twice"},
    {"gap_permille", &Files::gap_permille, 0, 1'000, "permille", "20 to 40 per cent of papers missing, practitioners' estimate", "of the register's papers are missing"},
    {"notice_permille", &Files::notice_permille, 0, 1'000, "permille", assumed, "of what issuers and inspectors say reaches the agent as a notice"},
    {"reply_days", &Files::reply_days, 1, 60, "days", assumed, "in which a notice wants an answer"},
    {"cost_standard_e6", &Files::cost_standard_e6, 0, 30'000, "parts per million", assumed, "what the acquirer keeps of a sale, standard class"},
    {"cost_preferential_e6", &Files::cost_preferential_e6, 0, 30'000, "parts per million", assumed, "what the acquirer keeps of a sale, preferential class"},
    {"cost_micro_e6", &Files::cost_micro_e6, 0, 30'000, "parts per million", assumed, "what the acquirer keeps of a QR payment by wallet"},
    {"share_permille", &Files::share_permille, 0, 1'000, "permille", assumed, "of the fee above the cost goes to the agent; drawn for each agent and acquirer"},
    {"clawback", &Files::clawback, 0, 10'000'000, "minor units", "devices are clawed back, amount assumed", "taken from the agent for a merchant that was not activated"},
});

constexpr auto kind_table = std::to_array<Field<Kind>>({
    {"weight", &Kind::weight, 0, 1'000, "relative", assumed, "of the merchants"},
    {"ticket_median", &Kind::ticket_median, 100, 100'000'000, "minor units", assumed, "of a sale"},
    {"ticket_sigma_permille", &Kind::ticket_sigma_permille, 0, 2'000, "permille", assumed, "spread of sales (of the natural logarithm)"},
    {"grain", &Kind::grain, 1, 100'000, "minor units", assumed, "prices are multiples of it ..."},
    {"below", &Kind::below, 0, 99'999, "minor units", assumed, "... less this (199 and not 200)"},
    {"single_limit", &Kind::single_limit, 1'000, 1'000'000'000, "minor units", assumed, "the most that one sale may be"},
    {"demand_milli", &Kind::demand_milli, 0, 2'000'000, "thousandths", assumed, "sales on an average day"},
    {"open", &Kind::open, 0, 1'740, "minutes", assumed, "after midnight: opens and closes; past 1440 on the next day"},
    {"first_hump", &Kind::first_hump, 0, 1'740, "minutes", assumed, "first busy time: its middle and its spread"},
    {"second_hump", &Kind::second_hump, 0, 1'740, "minutes", assumed, "second busy time: its middle and its spread"},
    {"first_share_permille", &Kind::first_share_permille, 0, 1'000, "permille", assumed, "of the sales in the first busy time"},
    {"weekday_permille", &Kind::weekday_permille, 0, 10'000, "permille", assumed, "of the average day, from Sunday"},
    {"credit_permille", &Kind::credit_permille, 0, 1'000, "permille", assumed, "of the cards used are credit cards"},
    {"refund_ppm", &Kind::refund_ppm, 0, 300'000, "ppm", assumed, "of the sales come back"},
    {"haunt_permille", &Kind::haunt_permille, 0, 1'000, "permille", assumed, "of the sales go to people who always come"},
    {"entry_permille", &Kind::entry_permille, 0, 1'000, "permille", assumed, "contactless, chip, stripe, QR"},
    {"holiday_permille", &Kind::holiday_permille, 0, 10'000, "permille", "direction from UnionPay's holiday notices, size assumed", "of the average day on a public holiday"},
    {"shut_at_spring_permille", &Kind::shut_at_spring_permille, 0, 1'000, "permille", assumed, "are shut at the Spring Festival"},
    {"preferential", &Kind::preferential, 0, 1, "0 or 1", assumed, "1: of the preferential fee class"},
    {"round_permille", &Kind::round_permille, 0, 1'000, "permille", assumed, "of the sales are for a round sum: a tank for 200, a deposit, a top-up"},
});

constexpr auto planting_table = std::to_array<Field<Planting>>({
    {"planted", &Planting::planted, 0, 1, "0 or 1", "-", "0: only the look-alikes happen"},
    {"rate", &Planting::rate, 0, 1'000'000, "a million merchants and 30 days", assumed, "instances that begin; the mix `training` takes twenty times as many"},
    {"look_alikes", &Planting::look_alikes, 0, 40, "a planted instance", "at least 5 by the design", "that happen whether or not the typology is planted"},
    {"skill", &Planting::skill, 0, 3, "grade", "-", "0: plain, 3: follows the recipes that resellers publish"},
    {"later_day", &Planting::later_day, 0, 1'095, "days", "-", "after the first day from which later_skill holds; 0: never"},
    {"later_skill", &Planting::later_skill, 0, 3, "grade", "-", "of the instances that begin from later_day on"},
    {"ramp_days", &Planting::ramp_days, 0, 60, "days", assumed, "until an instance acts at full strength"},
    {"length_days", &Planting::length_days, 1, 200, "days", assumed, "that an instance lasts"},
    {"label_permille", &Planting::label_permille, 0, 1'000, "permille", "cash-out has no victim: 60 to 90 per cent never labelled", "of its transactions get a label"},
});
// clang-format on

}  // namespace

std::span<const Field<Population>> population_fields() {
  return population_table;
}
std::span<const Field<People>> people_fields() {
  return people_table;
}
std::span<const Field<Flow>> flow_fields() {
  return flow_table;
}
std::span<const Field<Money>> money_fields() {
  return money_table;
}
std::span<const Field<Labels>> label_fields() {
  return label_table;
}
std::span<const Field<Files>> file_fields() {
  return file_table;
}
std::span<const Field<Kind>> kind_fields() {
  return kind_table;
}
std::span<const Field<Planting>> planting_fields() {
  return planting_table;
}

}  // namespace tillwatch::world
