/* Jittered, growing waits while something heals; its beginning and its end are logged, once. */
#ifndef XUESHI_BACKOFF_H
#define XUESHI_BACKOFF_H

/* All zero: nothing is wrong. */
struct backoff {
    int failures;
    char said[256]; /* what was logged last */
};

/* Logs the message unless it is the one that was logged last. */
void backoff_note(struct backoff *backoff, const char *message);
/* How long to wait before the next try: 50 ms doubling to 5 s, less up to a half by chance. */
int backoff_next_ms(struct backoff *backoff);
/* It works again: logged if anything was wrong. */
void backoff_over(struct backoff *backoff);

#endif
