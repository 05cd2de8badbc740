## 智能体不得继续时得到的说明，由模型阅读，也由旁观者阅读。

agent-waits = 尚无人答复，因此目前不允许。问题仍在 { $url } 等待：请让人在那里答复，然后再问。
agent-unanswered = 无人在期限内答复，因此不允许。问题见 { $url }。
agent-cancelled = 问题已撤回，因此不允许：{ $reason }（{ $url }）
agent-failed = 问题无法得到答复，因此不允许：{ $reason }（{ $url }）
agent-refused = 有人拒绝了此操作。不要重试，也不要设法绕过。
agent-refused-because = 有人拒绝了此操作。不要重试，也不要设法绕过。理由：{ $reason }
agent-sent-back = 有人不同意照此执行；什么都没有运行。要求改为：{ $instructions }
