/* What explain says, in words. Values stand in braces. */
#include "explain_internal.h"

const struct sentence sentences[SENTENCES] = {
    [SAY_ENROLLMENT] = {"enrollment", 0,
                        "报名 {enrollment_id}（{name}，{term_id}，{programme}）：{state}",
                        "Enrollment {enrollment_id} ({name}, {term_id}, {programme}): {state}"},
    [SAY_REJECTED] = {"rejected", 1, "审核未通过（{at}），报名终止",
                      "Rejected by review at {at}: this enrollment has ended"},
    [SAY_WITHDRAWN] = {"withdrawn", 1, "已撤回报名（{at}），报名终止",
                       "Withdrawn at {at}: this enrollment has ended"},
    [SAY_REFUNDED] = {"refunded", 1, "缴费已退款（{refunded_fen} 元），报名终止",
                      "The fee was refunded ({refunded_fen} yuan): this enrollment has ended"},
    [SAY_PAY] = {"payment_missing", 1,
                 "尚未缴费：请于 {pay_before} 前用缴款码 {payment_code} 一次缴清 {amount_fen} "
                 "元（银行：{banks}）",
                 "Not paid: {amount_fen} yuan, in one sum, with the payment code {payment_code}, "
                 "before {pay_before} (banks: {banks})"},
    [SAY_PAID] =
        {"paid", 1,
         "已缴费：{amount_fen} 元，缴款码 {payment_code}，{bank} 流水号 {bank_txn_id}，{at}",
         "Paid: {amount_fen} yuan with the payment code {payment_code} at {bank}, "
         "transaction {bank_txn_id}, {at}"},
    [SAY_RECEIPT] = {"receipt", 2, "非税票据号 {receipt_no}", "Receipt number {receipt_no}"},
    [SAY_OWED] =
        {"owed_back", 1,
         "{bank} 流水号 {bank_txn_id} 的 {amount_fen} 元不能抵缴，应予退还：{reason}（应缴 "
         "{fee_fen} "
         "元，已退 {refunded_fen} 元）",
         "{amount_fen} yuan from {bank}, transaction {bank_txn_id}, are owed back: {reason} "
         "(the fee is {fee_fen} yuan; {refunded_fen} yuan were refunded)"},
    [SAY_RETURNED] = {"returned", 1, "{bank} 流水号 {bank_txn_id} 的 {amount_fen} 元已全部退还",
                      "{amount_fen} yuan from {bank}, transaction {bank_txn_id}, were refunded"},
    [SAY_ANNOUNCED] = {"settlement_missing", 1,
                       "{bank} 流水号 {bank_txn_id}：有退款或票据，尚无到账记录",
                       "{bank}, transaction {bank_txn_id}: a refund or a receipt came, but no "
                       "settlement yet"},
    [SAY_REVIEW_MISSING] = {"approval_missing", 1, "尚未审核通过：等待培训基地审核",
                            "Not approved: waits for the review of the training base"},
    [SAY_APPROVED] = {"approved", 1, "审核通过：{at}", "Approved: {at}"},
    [SAY_NOT_ACTIVE] = {"not_active", 1, "缴费且审核通过之后的学习才计入",
                        "What is studied counts only once the enrollment is paid and approved"},
    [SAY_ACTIVE] = {"active", 1, "自 {at} 起的学习计入（培训期 {training_from} 至 {training_to}）",
                    "What is studied counts from {at} (training from {training_from} to "
                    "{training_to})"},
    [SAY_HOURS_MISSING] = {"hours_missing", 1, "学时不够：已得 {have}，需要 {need}，还差 {lack}",
                           "Hours: {have} of {need}, {lack} to go"},
    [SAY_HOURS_DONE] = {"hours_done", 1, "学时已满：已得 {have}，需要 {need}",
                        "Hours complete: {have}, {need} needed"},
    [SAY_COURSE_CREDITED] = {"course_credited", 2,
                             "《{title}》（{course_id}）：计 {hours} 学时，{at}",
                             "{title} ({course_id}): {hours} hours, counted at {at}"},
    [SAY_COURSE_STRUCK] =
        {"course_struck", 2, "《{title}》（{course_id}）：{hours} 学时因取消考试资格暂不计入",
         "{title} ({course_id}): its {hours} hours are struck while the trainee is "
         "disqualified"},
    [SAY_COURSE_UNWATCHED] =
        {"course_unwatched", 2,
         "《{title}》（{course_id}，{hours} 学时）：已看 {watched_s}，全长 {length_s}，须看满 "
         "{share}%，还差 {lack_s}；看完后才能考试",
         "{title} ({course_id}, {hours} hours): watched {watched_s} of "
         "{length_s}, {share} % needed, {lack_s} to go; the exam comes after it"},
    [SAY_COURSE_UNATTENDED] =
        {"course_unattended", 2,
         "直播《{title}》（{course_id}，{hours} 学时，{from} 至 {to}）：在线 {watched_s}，须满 "
         "{share}%，还差 {lack_s}",
         "Live {title} ({course_id}, {hours} hours, {from} to {to}): attended "
         "{watched_s}, {share} % needed, {lack_s} to go"},
    [SAY_REPORTS_CUT] =
        {"reports_cut", 3, "有 {count} 次观看上报被削减（播放过快或与其他课程同时观看）",
         "{count} reports were worth less than they claimed (played too fast, or at "
         "the same time as another course)"},
    [SAY_EXAM_NOT_TAKEN] =
        {"exam_not_taken", 2,
         "《{title}》（{course_id}，{hours} 学时）：已于 {learned_at} 看完，尚无有效考试，还可考 "
         "{attempts_left} 次，{pass_score} 分及格",
         "{title} ({course_id}, {hours} hours): watched at {learned_at}, no exam "
         "counted yet, attempts left: {attempts_left}, {pass_score} marks pass"},
    [SAY_EXAM_NOT_PASSED] =
        {"exam_not_passed", 2,
         "《{title}》（{course_id}，{hours} 学时）：考试 {attempts} 次，最高 {best_score} 分，"
         "{pass_score} 分及格，还可考 {attempts_left} 次",
         "{title} ({course_id}, {hours} hours): {attempts} exams, best score "
         "{best_score}, {pass_score} marks pass, attempts left: {attempts_left}"},
    [SAY_EXAM_EXHAUSTED] =
        {"exam_exhausted", 2,
         "《{title}》（{course_id}，{hours} 学时）：考试 {attempts} 次，最高 {best_score} 分，"
         "{pass_score} 分及格，考试次数已用完（可准予增加）",
         "{title} ({course_id}, {hours} hours): {attempts} exams, best score "
         "{best_score}, {pass_score} marks pass, no attempt left (more can be "
         "granted)"},
    [SAY_ATTEMPT_VAIN] = {"attempt_not_counted", 3,
                          "考试 {attempt_id}（{at}，{score} 分）不计：{verdict}",
                          "Exam {attempt_id} ({at}, {score} marks) does not count: {verdict}"},
    [SAY_SURVEY_MISSING] = {"survey_missing", 1, "尚未填写教学效果调查问卷（{survey}）",
                            "The survey {survey} is not filled in"},
    [SAY_SURVEY_DONE] = {"survey_done", 1, "调查问卷已填写：{at}", "Survey filled in: {at}"},
    [SAY_BARRED] =
        {"barred", 1, "自 {from} 起取消考试资格：考试所得学时不计，恢复后返还",
         "Disqualified since {from}: hours earned by exam are struck until the trainee is "
         "reinstated"},
    [SAY_REINSTATED] = {"reinstated", 1, "{from} 至 {to} 曾取消考试资格：其间的考试不计",
                        "Was disqualified from {from} to {to}: exams in between do not count"},
    [SAY_COMPLETED] = {"completed", 1, "全部条件已于 {at} 满足", "All conditions were met at {at}"},
    [SAY_CERTIFICATE] = {"certificate", 1,
                         "电子证书 {certificate_no}，第 {version} 版，签发于 {issued_at}",
                         "Certificate {certificate_no}, version {version}, issued {issued_at}"},
    [SAY_CERTIFICATE_OTHER] =
        {"certificate_of_other", 1,
         "电子证书 {certificate_no} 已由报名 {of_enrollment_id} 取得（每人每个项目一张）",
         "Certificate {certificate_no} stands on enrollment "
         "{of_enrollment_id} (one for each trainee and programme)"},
    [SAY_CERTIFICATE_ORDERED] =
        {"certificate_ordered_away", 1, "电子证书 {certificate_no} 已按命令吊销，不再签发",
         "Certificate {certificate_no} is revoked by order and is not issued "
         "again"},
    [SAY_CERTIFICATE_REVOKED] = {"certificate_revoked", 1,
                                 "电子证书 {certificate_no} 第 {version} 版已于 {revoked_at} 吊销",
                                 "Certificate {certificate_no}, version {version}, was revoked at "
                                 "{revoked_at}"},
    [SAY_CERTIFICATE_NONE] = {"certificate_missing", 1, "尚无电子证书，缺：{missing}",
                              "No certificate yet: {missing}"},
    [SAY_YEAR] =
        {"year", 0,
         "{year} 年度：公需科目 {public_hours}，专业科目 {professional_hours} 学时，{complete}",
         "Year {year}: {public_hours} public and {professional_hours} professional hours, "
         "{complete}"},
    [SAY_ANOMALY] = {"anomaly", 1, "提示 {kind}（{subject}）：{detail}",
                     "Noted {kind} ({subject}): {detail}"},
    [SAY_HELD] = {"held", 0,
                  "待处理：{type}（{at}，{topic}/{partition}/{offset}），等待{waits_for}",
                  "Held: {type} ({at}, {topic}/{partition}/{offset}) waits for {waits_for}"},
    [SAY_REFUSED] = {"refused", 0,
                     "被拒记录：{type}（{topic}/{partition}/{offset}）：{reason}（{message}）",
                     "Refused: {type} ({topic}/{partition}/{offset}): {reason} ({message})"},
};

const struct explain_word state_words[] = {
    [STATE_PENDING] = {"pending", "待缴费或审核", "pending"},
    [STATE_ACTIVE] = {"active", "学习中", "active"},
    [STATE_COMPLETED] = {"completed", "已完成", "completed"},
    [STATE_DISQUALIFIED] = {"disqualified", "已取消考试资格", "disqualified"},
    [STATE_REJECTED] = {"rejected", "审核未通过", "rejected"},
    [STATE_WITHDRAWN] = {"withdrawn", "已撤回", "withdrawn"},
    [STATE_REFUNDED] = {"refunded", "已退款", "refunded"},
};

const struct explain_word verdict_words[] = {
    [VERDICT_OPEN] = {"open", "课程尚未看完，看完后再定", "open until the course has been watched"},
    [VERDICT_COUNTED] = {"counted", "有效", "it counts"},
    [VERDICT_EXHAUSTED] = {"exhausted", "考试次数已用完", "no attempt was left"},
    [VERDICT_BEFORE_LEARNING] = {"before_learning", "在看完课程之前考试（不占次数）",
                                 "it was before the course had been watched (uses no attempt)"},
    [VERDICT_OUTSIDE_TRAINING] = {"outside_training", "不在培训期内（不占次数）",
                                  "it was outside the training period (uses no attempt)"},
    [VERDICT_BARRED] = {"barred", "考试资格取消期间", "it was while the trainee was disqualified"},
    [VERDICT_NEVER_LEARNED] = {"never_learned", "直到结账课程也未看完",
                               "the course was not watched before the books closed"},
};

const struct explain_word owed_words[] = {
    [OWED_NOTHING] = {"nothing", "无", "nothing"},
    [OWED_WRONG_AMOUNT] = {"wrong_amount", "金额不符", "not the exact amount"},
    [OWED_ALREADY_SETTLED] = {"already_settled", "该缴款码已缴清", "the code was settled before"},
    [OWED_ENROLLMENT_ENDED] = {"enrollment_ended", "报名已终止或已结账",
                               "the enrollment has ended, or its books were closed"},
    [OWED_UNKNOWN_CODE] = {"unknown_code", "缴款码无对应报名", "no enrollment has the code"},
};

const struct explain_word missing_words[] = {
    {"payment", "缴费", "payment"},
    {"approval", "审核", "approval"},
    {"hours", "学时", "hours"},
    {"survey", "调查问卷", "the survey"},
    {"reinstatement", "恢复考试资格", "reinstatement"},
};

const struct explain_word wait_words[] = {
    [WAIT_SUBMISSION] = {"submission", "该报名的提交", "this enrollment to be submitted"},
    [WAIT_ACTIVE] = {"payment_and_approval", "缴费和审核", "payment and approval"},
};

const struct explain_word complete_words[] = {
    {"incomplete", "未完成", "not complete"},
    {"complete", "已完成", "complete"},
};

const struct explain_word reason_words[REASONS] = {
    [REASON_NONE] = {"none", "无", "none"},
    [REASON_MALFORMED] = {"malformed", "格式错误", "it is malformed"},
    [REASON_BAD_ENVELOPE] = {"bad_envelope", "信封属性错误", "its envelope is wrong"},
    [REASON_UNKNOWN_TYPE] = {"unknown_type", "未知的事件类型", "no such type of event"},
    [REASON_WRONG_TOPIC] = {"wrong_topic", "主题不符", "it came on the wrong topic"},
    [REASON_BAD_SIGNATURE] = {"bad_signature", "签名无效", "its signature is not valid"},
    [REASON_INVALID_FIELD] = {"invalid_field", "字段缺失或无效", "a field is missing or not valid"},
    [REASON_KEY_MISMATCH] = {"key_mismatch", "记录键与数据不符", "its key is not that of its data"},
    [REASON_CLOCK_SKEW] = {"clock_skew", "时间晚于接收时间", "it is dated later than it came"},
    [REASON_UNKNOWN_TERM] = {"unknown_term", "没有该期", "there is no such term"},
    [REASON_UNKNOWN_COURSE] = {"unknown_course", "没有该课程，或不属于该期",
                               "there is no such course, or not in this term"},
    [REASON_UNKNOWN_PAPER] = {"unknown_paper", "没有该试卷", "there is no such paper"},
    [REASON_UNKNOWN_BANK] = {"unknown_bank", "没有该银行", "there is no such bank"},
    [REASON_UNKNOWN_CERTIFICATE] = {"unknown_certificate", "证书编号不是该学员的",
                                    "the certificate's number is not this trainee's"},
    [REASON_WRONG_PAPER] = {"wrong_paper", "试卷属于另一门课程", "the paper is another course's"},
    [REASON_BAD_REPORT] = {"bad_report", "观看上报不合规", "the report is not possible"},
    [REASON_CONFLICT] = {"conflict", "与已有记录内容冲突", "known already with other content"},
    [REASON_NOT_ELIGIBLE] = {"not_eligible", "不属于培训对象", "the trainee is not eligible"},
    [REASON_OUTSIDE_REGISTRATION] = {"outside_registration", "不在报名期内",
                                     "it was outside the registration period"},
    [REASON_ALREADY_ENROLLED] = {"already_enrolled", "已有有效报名或证书",
                                 "the trainee is enrolled, or certified, already"},
    [REASON_DUPLICATE_IDENTITY] = {"duplicate_identity", "身份证号已被另一学员使用",
                                   "the ID number is another trainee's"},
    [REASON_NEVER_RELEASED] = {"never_released", "等待过久，或在结账之后才到",
                               "it waited too long, or came after the books were closed"},
};
