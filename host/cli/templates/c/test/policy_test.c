#include "pc_testing.h"

static void a_guest_may_subscribe_to_the_news(void) {
    pc_request request = pc_testing_request();
    request.credentials.user = pc_some(PC("guest"));
    PC_CHECK_DECISION(&request, "allow APP; can subscribe news.>; name guest");
}

static void all_others_are_denied(void) {
    pc_request request = pc_testing_request();
    PC_CHECK_DECISION(&request, "deny not a guest");
    request.credentials.user = pc_some(PC("mallory"));
    PC_CHECK_DECISION(&request, "deny not a guest");
}

int main(void) {
    pc_settings settings = pc_testing_settings();
    PC_CHECK_CONFIGURED(&settings);
    PC_TEST(a_guest_may_subscribe_to_the_news);
    PC_TEST(all_others_are_denied);
    return pc_testing_end();
}
