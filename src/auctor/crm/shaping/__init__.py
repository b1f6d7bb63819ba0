"""From a checked folder to the rows of our tables: columns named as the tables', ids derived, texts still plain.

Pure. `auctor.crm.load` decides what of it is new and writes that.
"""
