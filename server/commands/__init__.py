"""The commands of ``qifu-server``: a module for each area, imported when it is called."""
