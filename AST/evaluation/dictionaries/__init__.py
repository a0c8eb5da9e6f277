"""Label dictionaries: another one applied, mistakes that are the dictionary's, a learned one."""
