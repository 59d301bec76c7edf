#!/usr/bin/env node
console.log('What Survives: the command line is on its way.');
