#include "pc_testing.h"

static void a_guest_may_listen_to_the_news(void) {
    pc_request request = pc_testing_request();
    request.credentials.user = pc_some(PC("guest"));
    PC_CHECK_DECISION(&request, "allow APP; can subscribe news.>; name guest");
}

static void nobody_else_gets_in(void) {
    pc_request request = pc_testing_request();
    PC_CHECK_DECISION(&request, "deny not a guest");
    request.credentials.user = pc_some(PC("mallory"));
    PC_CHECK_DECISION(&request, "deny not a guest");
}

int main(void) {
    pc_settings settings = pc_testing_settings();
    PC_CHECK_CONFIGURED(&settings);
    PC_TEST(a_guest_may_listen_to_the_news);
    PC_TEST(nobody_else_gets_in);
    return pc_testing_end();
}
