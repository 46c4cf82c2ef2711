import type { Paper } from '../paper.ts';

// Papers that more than one rule comes from.

export const yin: Paper = {
  title: 'Byzantine-Robust Distributed Learning: Towards Optimal Statistical Rates',
  authors: 'Yin, Chen, Ramchandran, Bartlett',
  year: 2018,
  link: 'https://arxiv.org/abs/1803.01498',
};

export const blanchard: Paper = {
  title: 'Machine Learning with Adversaries: Byzantine Tolerant Gradient Descent',
  authors: 'Blanchard, El Mhamdi, Guerraoui, Stainer',
  year: 2017,
  link: 'https://papers.nips.cc/paper/2017/hash/f4b9ec30ad9f68f89b29639786cb62ef-Abstract.html',
};
