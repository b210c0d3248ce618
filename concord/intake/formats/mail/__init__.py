"""E-mails as containers: who sent them, and the attached files that are read."""

from concord.intake.formats.mail.mail import Attachment, LeftOut, Mail, open_mail

__all__ = ["Attachment", "LeftOut", "Mail", "open_mail"]
