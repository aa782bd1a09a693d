"""Sentences about who may do what."""

from desktop.roles import ROLE_WORDS
from desktop.words import ACTIONS

SENTENCES = {
    "permission.denied": "当前角色（{role}）不能做“{action}”，请换有权限的人员登录。",
}
WORDS = {"role": ROLE_WORDS, "action": ACTIONS}
