"""后台分类联办: what boards, chiefs and supervisors do with a case, and how it is closed."""
